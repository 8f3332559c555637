// The service form: looking a person up, adding and removing one do not load the page again, so that
// a reader of bar codes can go from one card to the next. Without this the same buttons send the form.
async function refresh(form, submitter) {
  const box = form.closest('[data-live]');
  const answer = await fetch(form.action, { method: 'POST', body: new URLSearchParams(new FormData(form, submitter)) });
  const type = answer.headers.get('Content-Type') || '';
  // Signed out meanwhile, or something is broken: the browser itself must show it.
  if (answer.redirected || !type.startsWith('text/html') || ![200, 422].includes(answer.status)) throw new Error('not the form');
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  const fresh = page.querySelector('[data-live]');
  if (!fresh) throw new Error('not the form');
  box.replaceChildren(...fresh.childNodes);
  const next = box.querySelector('[data-focus]') || box.querySelector('[autofocus]');
  next?.focus();
}

document.addEventListener('submit', (event) => {
  const form = event.target;
  const submitter = event.submitter;
  if (!form.closest('[data-live]') || form.dataset.plain || submitter?.value === 'save') return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (form.dataset.busy) return;
  form.dataset.busy = '1';
  refresh(form, submitter).catch(() => {
    form.dataset.plain = '1';
    form.requestSubmit(submitter);
  });
});
