// The asset step: makes the style sheets, icons, fonts and browser code that go into the program.
//
//   npm ci && npm run build              the usual palette is the default of palettes.json
//   PALETTE=bosco npm run build          another one is
//
// The sheets of the usual palette are public.css and staff.css, those of another public-bosco.css and so
// on: the network chooses among them in its settings. A palette that people could not read is refused.
//
// Everything lands in internal/web/ui/static, each file with its .gz beside it, and assets.json with
// the hash of each. Only what the sources name is kept: classes in .templ and .go, icons in
// Icon("it-...") and IconName("it-...").
import { createHash } from 'node:crypto';
import fs from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import * as esbuild from 'esbuild';
import { PurgeCSS } from 'purgecss';
import * as sass from 'sass';

const root = path.resolve(path.dirname(fileURLToPath(import.meta.url)), '..');
const here = path.join(root, 'assets');
const library = path.join(root, 'node_modules/bootstrap-italia');
const out = path.join(root, 'internal/web/ui/static');
const web = path.join(root, 'internal/web');

const fonts = {
  'titillium-400.woff2': 'Titillium_Web/titillium-web-v10-latin-ext_latin-regular.woff2',
  'titillium-400i.woff2': 'Titillium_Web/titillium-web-v10-latin-ext_latin-italic.woff2',
  'titillium-600.woff2': 'Titillium_Web/titillium-web-v10-latin-ext_latin-600.woff2',
  'titillium-700.woff2': 'Titillium_Web/titillium-web-v10-latin-ext_latin-700.woff2',
  'roboto-mono-400.woff2': 'Roboto_Mono/roboto-mono-v13-latin-ext_latin-regular.woff2',
};

const made = {}; // name -> hash of its content
const address = (name) => `/static/${made[name]}/${name}`;

function put(name, content) {
  const body = Buffer.from(content);
  made[name] = createHash('sha256').update(body).digest('hex').slice(0, 12);
  fs.writeFileSync(path.join(out, name), body);
  if (!name.endsWith('.woff2')) fs.writeFileSync(path.join(out, name + '.gz'), gzipSync(body, { level: 9 }));
}

// sources returns the templates and Go files under the folders, without generated code and tests.
function sources(...folders) {
  const found = [];
  for (const folder of folders) {
    if (!fs.existsSync(folder)) continue;
    for (const name of fs.readdirSync(folder, { recursive: true })) {
      if (/\.(templ|go)$/.test(name) && !/(_templ|_test)\.go$/.test(name)) found.push(path.join(folder, name));
    }
  }
  return found.sort();
}

// entry returns the templates of the pages that carry their sheet inside (Inline), and of what stands
// around and on them: the rules of other pages would be weight for nothing.
function entry() {
  const pages = sources(path.join(web, 'public')).filter((file) => file.endsWith('.go') && /\.Inline\b/.test(fs.readFileSync(file, 'utf8')));
  const parts = ['layout', 'parts', 'dotmap', 'choice', 'logo'].map((name) => path.join(web, 'ui', name + '.templ'));
  return [...pages.map((file) => file.replace(/\.go$/, '.templ')), ...parts].filter((file) => fs.existsSync(file));
}

// words takes class names from quoted strings only, and element names from tags: a Go variable that
// is called "row" keeps no rule alive.
function words(text) {
  const found = new Set();
  for (const [, tag] of text.matchAll(/<([a-z][a-z0-9]*)/g)) found.add(tag);
  for (const [, quoted] of text.matchAll(/["`]([^"`\n]*)["`]/g)) {
    for (const word of quoted.split(/[^A-Za-z0-9_-]+/)) if (word) found.add(word);
  }
  return [...found];
}

// hex writes a colour of the palette as #rrggbb.
function hex({ h, s, b }) {
  const channel = (n) => {
    const k = (n + h / 60) % 6;
    return Math.round(2.55 * b * (1 - (s / 100) * Math.max(0, Math.min(k, 4 - k, 1))));
  };
  return '#' + [5, 3, 1].map((n) => channel(n).toString(16).padStart(2, '0')).join('');
}

// palettes returns every palette by name, the usual one first.
function palettes() {
  const all = JSON.parse(fs.readFileSync(path.join(here, 'palettes.json'), 'utf8'));
  const name = process.env.PALETTE || all.default;
  if (!all.palettes[name]) throw new Error(`palette ${name}: not one of ${Object.keys(all.palettes).join(', ')}`);
  return { [name]: all.palettes[name], ...all.palettes };
}

// luminance and contrast are those of WCAG 2.2.
function luminance(color) {
  const [r, g, b] = [1, 3, 5].map((at) => {
    const c = parseInt(color.slice(at, at + 2), 16) / 255;
    return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
const contrast = (one, other) => {
  const [dark, light] = [luminance(one), luminance(other)].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
};

// tint is the palest of our grounds on which words of the palette stand: 13% of it, as in _base.scss.
const tint = (color) => '#' + [1, 3, 5].map((at) => Math.round(255 - (255 - parseInt(color.slice(at, at + 2), 16)) * 0.13).toString(16).padStart(2, '0')).join('');

// readable is the contrast of a palette where it is least: WCAG asks for 4.5.
function readable(name, color) {
  const least = contrast(color, tint(color));
  if (least < 4.5) throw new Error(`palette ${name}: contrast ${least.toFixed(2)} is below 4.5, make b smaller`);
  return Math.round(least * 10) / 10;
}

// extra returns the rules of single pages: one file for each area in assets/public or assets/staff.
function extra(folder) {
  const dir = path.join(here, folder);
  if (!fs.existsSync(dir)) return '';
  return fs.readdirSync(dir).filter((n) => n.endsWith('.scss')).sort().map((n) => fs.readFileSync(path.join(dir, n), 'utf8')).join('\n');
}

function compile({ h, s, b }, entry, ...folders) {
  return sass.compileString(`$primary-h: ${h}; $primary-s: ${s}; $primary-b: ${b};\n` + fs.readFileSync(path.join(here, entry), 'utf8') + folders.map(extra).join('\n'), {
    style: 'compressed',
    loadPaths: [here, path.join(library, 'src/scss'), path.join(root, 'node_modules')],
    quietDeps: true,
    logger: sass.Logger.silent,
    charset: false,
  }).css;
}

async function purge(css, files, kept = [/^cap-/]) {
  const [result] = await new PurgeCSS().purge({
    content: files.map((file) => ({ raw: fs.readFileSync(file, 'utf8'), extension: 'templ' })),
    extractors: [{ extractor: words, extensions: ['templ'] }],
    css: [{ raw: css }],
    variables: true,
    safelist: {
      standard: ['html', 'body', 'th', 'td', ...kept],
      variables: [/^--cap-/],
    },
  });
  return result.css.replace(/^\uFEFF/, '');
}

function sprite(files) {
  const full = fs.readFileSync(path.join(library, 'dist/svg/sprites.svg'), 'utf8');
  const used = new Set();
  for (const file of files) {
    for (const [, name] of fs.readFileSync(file, 'utf8').matchAll(/Icon(?:Name)?\(\s*"(it-[a-z0-9-]+)"/g)) used.add(name);
    for (const [, name] of fs.readFileSync(file, 'utf8').matchAll(/\bIcon:\s*"(it-[a-z0-9-]+)"/g)) used.add(name);
  }
  const symbols = [...used].sort().map((name) => {
    const found = full.match(new RegExp(`<symbol id="${name}"[\\s\\S]*?</symbol>`));
    if (!found) throw new Error(`icon ${name}: not in Bootstrap Italia`);
    return found[0];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg">${symbols.join('')}</svg>`;
}

fs.mkdirSync(out, { recursive: true });
for (const name of fs.readdirSync(out)) if (name !== '.keep') fs.rmSync(path.join(out, name), { recursive: true });

for (const [name, from] of Object.entries(fonts)) put(name, fs.readFileSync(path.join(library, 'dist/fonts', from)));
put('sprites.svg', sprite(sources(web)));

const all = palettes();
const [usual] = Object.values(all);
const faces = compile(usual, '_fonts.scss').replace(/url\(["']?asset:([a-z0-9.-]+)["']?\)/g, (_, name) => `url(${address(name)})`);
const list = [];
let plain = '';
for (const [name, chosen] of Object.entries(all)) {
  const [end, color] = [chosen === usual ? '' : '-' + name, hex(chosen)];
  list.push({ name, color, contrast: readable(name, color) });
  put(`logo${end}.svg`, fs.readFileSync(path.join(here, 'logo.svg'), 'utf8').replaceAll('#005f6b', color));
  const page = await purge(compile(chosen, 'public.scss', 'public'), sources(path.join(web, 'public'), path.join(web, 'ui')));
  put(`public${end}.css`, faces + page);
  put(`staff${end}.css`, faces + (await purge(compile(chosen, 'staff.scss', 'public', 'staff'), sources(web))));
  // Entry pages carry this one inside: no fonts, so that they are a single request. The tones of alerts and
  // badges are put together when the page is.
  const inside = await purge(page, entry(), [/^cap-(info|success|warning|danger|neutral)$/]);
  fs.writeFileSync(path.join(out, `inline${end}.css`), inside);
  plain ||= inside;
}

const code = await esbuild.build({
  entryPoints: [path.join(here, 'app.js')], bundle: true, minify: true, format: 'iife', target: 'es2020', write: false,
});
put('app.js', code.outputFiles[0].contents);

fs.writeFileSync(path.join(out, 'assets.json'), JSON.stringify({ palettes: list, files: made }, null, 2) + '\n');
for (const name of Object.keys(made)) {
  const gz = path.join(out, name + '.gz');
  const size = fs.statSync(path.join(out, name)).size;
  console.log(name.padEnd(24), String(size).padStart(8), fs.existsSync(gz) ? `gz ${fs.statSync(gz).size}` : '');
}
console.log('inline.css'.padEnd(24), String(plain.length).padStart(8), `gz ${gzipSync(plain, { level: 9 }).length}`);
