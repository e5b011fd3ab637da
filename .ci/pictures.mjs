// Opens every picture in a real browser, and gives every Mermaid text to Mermaid's own parser.
//
// Usage: node pictures.mjs NODE_MODULES FOLDER
// Finds: texts that overlap or leave their box, errors in the console, requests, violations of axe, Mermaid that does not parse.
import {readFileSync, readdirSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join, resolve} from 'node:path';

const [modules, folder] = process.argv.slice(2).map((path) => resolve(path));
const require = createRequire(join(modules, 'x.js'));
const {chromium} = require(join(modules, 'playwright-core'));
const axe = readFileSync(join(modules, 'axe-core/axe.min.js'), 'utf8');

const browser = await chromium.launch({
  executablePath: '/usr/bin/chromium',
  args: ['--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking', '--disable-component-update', '--disable-sync'],
});
let problems = 0;
const problem = (text) => {
  problems += 1;
  console.log(text);
};

// Runs in the page: pairs of texts that overlap, and texts that leave the box of their group.
const overlaps = () => {
  const edges = (element) => {
    const {left, right, top, bottom} = element.getBoundingClientRect();
    return {left, right, top, bottom, text: element.textContent};
  };
  const texts = [...document.querySelectorAll('text')].map((element) => ({...edges(element), element}));
  const found = [];
  texts.sort((one, other) => one.top - other.top);
  texts.forEach((one, index) => {
    for (const other of texts.slice(index + 1)) {
      if (other.top >= one.bottom - 1) break;
      if (one.left < other.right - 1 && other.left < one.right - 1) found.push(`"${one.text}" overlaps "${other.text}"`);
    }
    // The texts of the legend stand beside their shapes.
    const inside = one.element.closest('.legend') ? null : one.element.parentElement.querySelector(':scope > rect.box');
    const mark = one.element.previousElementSibling;
    for (const box of [document.querySelector('svg'), inside, mark?.matches('.mark') && inside ? mark : null]) {
      const around = box && edges(box);
      if (around && (one.right > around.right || one.left < around.left || one.bottom > around.bottom)) found.push(`"${one.text}" leaves its box`);
    }
  });
  return found;
};

const pictures = readdirSync(folder).filter((name) => name.endsWith('.svg'));
for (const name of pictures) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({colorScheme});
    const address = `file://${join(folder, name)}`;
    page.on('console', (message) => message.type() === 'error' && problem(`${name}: ${message.text()}`));
    page.on('pageerror', (error) => problem(`${name}: ${error}`));
    page.on('request', (request) => request.url() === address || problem(`${name}: asks for ${request.url()}`));
    await page.goto(address);
    for (const media of ['screen', 'print']) {
      await page.emulateMedia({media});
      for (const found of (await page.evaluate(overlaps)).slice(0, 5)) problem(`${name}, ${colorScheme}, ${media}: ${found}`);
    }
    await page.close();
  }
}
// axe looks at pages, in which the picture stands.
for (const name of pictures.filter((name) => !name.startsWith('corpus-'))) {
  for (const colorScheme of ['light', 'dark']) {
    const page = await browser.newPage({colorScheme});
    const picture = readFileSync(join(folder, name), 'utf8');
    await page.setContent(`<!doctype html><html lang="en"><head><title>A picture</title></head><body><main><h1>A picture</h1>${picture}</main></body></html>`);
    await page.evaluate(axe);
    const {violations} = await page.evaluate(() => axe.run(document, {rules: {region: {enabled: false}}}));
    for (const {id, nodes} of violations) problem(`${name}, ${colorScheme}: ${id} at ${nodes[0].html.slice(0, 120)}`);
    await page.close();
  }
}
const texts = readdirSync(folder).filter((name) => name.endsWith('.mmd'));
const page = await browser.newPage();
await page.setContent('<!doctype html><title>Mermaid</title>');
await page.addScriptTag({path: join(modules, 'mermaid/dist/mermaid.min.js')});
for (const name of texts) {
  const text = readFileSync(join(folder, name), 'utf8');
  const error = await page.evaluate((text) => globalThis.mermaid.parse(text).then(() => '', (error) => String(error)), text);
  if (error) problem(`${name}: ${error.slice(0, 300)}`);
}
await browser.close();
console.log(`${pictures.length} pictures, ${texts.length} texts of Mermaid, ${problems} problems`);
process.exit(problems || !pictures.length || !texts.length ? 1 : 0);
