// Shows DOCX files with docx-preview in Chromium and prints the HTML of each, by name, as JSON.
//
//   node preview.mjs FILE.docx ...
import { readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { chromium } from "playwright-core";

const modules = join(process.cwd(), "node_modules");
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM ?? "/usr/bin/chromium", args: ["--no-sandbox"] });
const page = await browser.newPage();
await page.setContent("<div id=show></div>");
await page.addScriptTag({ path: join(modules, "jszip/dist/jszip.min.js") });
await page.addScriptTag({ path: join(modules, "docx-preview/dist/docx-preview.js") });
const shown = {};
for (const file of process.argv.slice(2)) {
  const base64 = readFileSync(file).toString("base64");
  shown[basename(file)] = await page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
    const show = document.getElementById("show");
    show.innerHTML = "";
    await docx.renderAsync(bytes, show, undefined, { renderHeaders: false, renderFooters: false });
    return show.innerHTML;
  }, base64);
}
await browser.close();
process.stdout.write(JSON.stringify(shown));
