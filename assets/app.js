// The little that pages gain from JavaScript. Each of these only adds: without it everything works.

// Parts of single pages come first: they may keep a form from being sent as usual.
import './desk.js';

// A refused form takes the focus to the list of what is wrong.
document.querySelector('[data-focus]')?.focus();

// Menus close with Escape and with a click elsewhere.
const menus = document.querySelectorAll('.cap-menu, .cap-user');
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape') return;
  for (const menu of menus) {
    if (!menu.open) continue;
    menu.open = false;
    menu.querySelector('summary').focus();
  }
});
document.addEventListener('click', (event) => {
  for (const menu of menus) if (!menu.contains(event.target)) menu.open = false;
});

// A form is sent once, however often the button is pressed; coming back by history frees it.
document.addEventListener('submit', (event) => {
  if (event.target.method !== 'post') return;
  if (event.target.dataset.sent) return event.preventDefault();
  event.target.dataset.sent = '1';
});
addEventListener('pageshow', () => {
  for (const form of document.querySelectorAll('form[data-sent]')) delete form.dataset.sent;
});

// Buttons that only make sense with JavaScript are hidden until it runs.
for (const button of document.querySelectorAll('[data-print]')) {
  button.hidden = false;
  button.addEventListener('click', () => print());
}
