// Python in a worker: it loads Pyodide, each file compared with its sum, and runs cells, which never
// keeps the page from moving. The other side is page.js; what a cell means, runner.py knows.
let site, runner, pyodide;
let before = 0, hasStarted = false;

const post = (kind, more) => postMessage({ kind, ...more });
const address = (name) => {
  const url = new URL(site.files[name]?.url ?? site.pyodide + name, site.root);
  if (site.retry) url.searchParams.set("retry", site.retry);
  return url.href;
};
const trouble = (message) => Object.assign(new Error(message), { told: true });

// The bytes of a file, if they are the right ones.
async function verified(name) {
  if (!site.files[name]) throw trouble(`${name} is none of the files that are known.`);
  const response = await load(address(name)).catch(() => null);
  if (!response?.ok) throw trouble(`The file ${name} could not be loaded.`);
  const bytes = await response.arrayBuffer().catch(() => null);
  if (!bytes) throw trouble(`The file ${name} did not arrive whole.`);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
  const sum = [...digest].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  if (!site.files[name].sha256.includes(sum)) throw trouble(`The file ${name} arrived damaged.`);
  before += bytes.byteLength;
  post("loaded", { bytes: before });
  return bytes;
}

// All that Pyodide fetches is verified, and nothing else is fetched.
const load = self.fetch.bind(self);
self.fetch = async (url) => {
  const name = new URL(url).pathname.split("/").pop();
  const kind = name.endsWith("wasm") ? "application/wasm" : "application/octet-stream";
  return new Response(await verified(name).catch(fail), { headers: { "Content-Type": kind } });
};

const imported = (bytes) => import(URL.createObjectURL(new Blob([bytes], { type: "text/javascript" })));

// For an import, which can't wait: Python compares the sum.
function fetchNow(name) {
  const size = (site.files[name].bytes / 1e6).toFixed(1);
  post("says", { text: `Loading ${name.match(/^\w+(-images|-labels)?/)[0]}, ${size} MB …` });
  const request = new XMLHttpRequest();
  request.open("GET", address(name), false);
  request.responseType = "arraybuffer";
  try {
    request.send();
  } catch {
    fail(trouble(`The file ${name} could not be loaded.`));
  }
  if (request.status !== 200) fail(trouble(`The file ${name} could not be loaded.`));
  before += request.response.byteLength;
  post("loaded", { bytes: before });
  return new Uint8Array(request.response);
}

function fail(error) {
  const words = `${hasStarted ? "Python has ended" : "Python did not start"}: ${error?.message || error}.`;
  post("failed", { text: error?.told ? error.message : words, isEnd: hasStarted && !error?.told });
  throw error;
}

const EMPTY_MODULE = Uint8Array.of(0, 97, 115, 109, 1, 0, 0, 0);
function demandWebAssembly() {
  try {
    new WebAssembly.Module(EMPTY_MODULE);
  } catch {
    throw trouble("This browser does not let the page run WebAssembly, which Python needs.");
  }
}

async function boot(message) {
  site = message.site;
  demandWebAssembly();
  const [script, loader, code] = await Promise.all(["pyodide.asm.js", "pyodide.mjs", "runner.py"].map(verified));
  const [, { loadPyodide }] = await Promise.all([script, loader].map(imported));
  const indexURL = new URL(site.pyodide, site.root).href;
  pyodide = await loadPyodide({ indexURL });
  pyodide.registerJsModule("worker", {
    emit: (text) => post("shows", { output: JSON.parse(text) }),
    fetch_now: fetchNow,
    damaged: (name) => fail(trouble(`The file ${name} arrived damaged.`)),
  });
  pyodide.FS.writeFile("/lib/python3.12/site-packages/runner.py", new Uint8Array(code));
  runner = pyodide.pyimport("runner");
  runner.boot(JSON.stringify(site.files));
  hasStarted = true;
  post("ready", {});
}

async function run({ code, name }) {
  for (const big of ["scipy", "sklearn"]) // their libraries can't be linked while an import waits
    if (new RegExp(`^\\s*(from|import)\\s.*\\b${big}\\b`, "m").test(code)) await pyodide.loadPackage(big === "scipy" ? big : "scikit-learn");
  const start = performance.now();
  const well = runner.run_cell(code, name);
  post("ran", { well, seconds: (performance.now() - start) / 1000 });
}

const prove = async ({ forward, backward, shapes }) => post("proved", { report: runner.prove(forward, backward, shapes) });
const time = async ({ what }) => post("timed", { seconds: runner[`seconds_of_${what}`]() });

onunhandledrejection = ({ reason }) => fail(reason);
onmessage = ({ data }) => ({ boot, run, prove, time })[data.kind](data).catch(fail);
