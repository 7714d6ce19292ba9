// Runs Python for one page, beside the page, so that the page stays alive whatever a cell does.
//
// It is told {start: sources} once, with all the code of the page, and then {name, source} for each
// cell. It says {progress}, {ready}, {stream, text} while a cell prints, {done} with what
// page_cells.run returned, and {broken, text} when there is no Python or none any more.
// All that it loads lies beside it and in ../vendor/.

const here = new URL(".", import.meta.url);
const vendored = new URL("../vendor/", here);
const WORKSHOP = "/workshop";
const OURS = "/page";
const IMPORTS = /^[ \t]*(?:from[ \t]+(\w+)|import[ \t]+(.+))/gm;

let python;
let cells;
let wheels;
const loaded = new Set();
const arriving = new Map();

self.onmessage = async ({ data }) => {
  try {
    if (data.start) {
      await start(data.start);
      self.postMessage({ ready: true });
    } else {
      await load([data.source]);
      const done = cells.run(data.name, data.source);
      self.postMessage({ done: done.toJs({ dict_converter: Object.fromEntries }) });
      done.destroy();
    }
  } catch (error) {
    self.postMessage({ broken: true, text: `${error?.message ?? error}` });
  }
};

self.onunhandledrejection = ({ reason }) => {
  self.postMessage({ broken: true, text: `${reason?.message ?? reason}` });
};

async function start(sources) {
  progress("Loading Python: about 17 MB, once.");
  const [{ loadPyodide }, hashes, files, packages, ...modules] = await Promise.all([
    import(new URL("pyodide/pyodide.mjs", vendored)).catch(notVendored),
    hashesOfJavaScript(),
    fetched(new URL("files.json", here), "json"),
    fetched(new URL("wheels.json", vendored), "json"),
    ...["page_cells", "page_hashes", "bcrypt"].map(module),
  ]);
  wheels = packages;
  // These come while Pyodide, which is larger, is on its way.
  neededBy([...sources, ...Object.values(files)]).forEach(wheel);
  python = await loadPyodide({
    indexURL: new URL("pyodide/", vendored).href,
    stdin: () => null,
  });
  progress("Loading the packages.");
  for (const [path, text] of Object.entries(files)) write(`${WORKSHOP}/${path}`, text);
  for (const [name, text] of modules) write(`${OURS}/${name}.py`, text);
  python.FS.chdir(`${WORKSHOP}/notebooks`);
  python.registerJsModule("page_javascript", {
    ...hashes,
    say: (stream, text) => self.postMessage({ stream, text }),
  });
  python.runPython(`import sys; sys.path[:0] = ["${WORKSHOP}/notebooks", "${OURS}"]`);
  await load([...sources, ...Object.values(files)]);
  python.pyimport("page_hashes").install();
  cells = python.pyimport("page_cells");
}

function progress(text) {
  self.postMessage({ progress: text });
}

// --- Files ----------------------------------------------------------------------------------------

async function fetched(url, how) {
  const response = await fetch(url);
  if (!response.ok) {
    if (url.href.startsWith(vendored.href)) notVendored();
    throw new Error(`${url} could not be loaded (${response.status}).`);
  }
  return response[how]();
}

function notVendored() {
  throw new Error(
    "This copy of the site has no Python to run here: assets/vendor/ is missing or not complete. " +
      "`python3 -m checker docs` fetches it. The page can be read as it is.",
  );
}

async function module(name) {
  return [name, await fetched(new URL(`${name}.py`, here), "text")];
}

function write(path, text) {
  python.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
  python.FS.writeFile(path, text);
}

// --- Packages -------------------------------------------------------------------------------------

// What this code imports that is in wheels and not there yet, with what that needs in turn.
function neededBy(sources) {
  const names = [];
  for (const source of sources) {
    for (const [, from, list] of source.matchAll(IMPORTS)) {
      names.push(...(from ? [from] : list.split(",").map((name) => name.trim().split(/\W/)[0])));
    }
  }
  const found = new Set();
  for (let name; (name = names.pop()) !== undefined; ) {
    if (!Object.hasOwn(wheels, name) || loaded.has(name) || found.has(name)) continue;
    found.add(name);
    names.push(...wheels[name].needs);
  }
  return [...found];
}

function wheel(name) {
  const path = wheels[name].wheel;
  if (!arriving.has(path)) {
    arriving.set(path, fetched(new URL(path, vendored), "arrayBuffer"));
    arriving.get(path).catch(() => {}); // whoever needs it hears of it
  }
  return arriving.get(path);
}

async function load(sources) {
  const names = neededBy(sources);
  const contents = await Promise.all(names.map(wheel));
  names.forEach((name, number) => {
    python.unpackArchive(contents[number], "wheel");
    loaded.add(name);
  });
}

// --- Hashes ---------------------------------------------------------------------------------------

async function hashesOfJavaScript() {
  const load = (name) => import(new URL(`hashes/${name}.js`, vendored)).catch(notVendored);
  const [{ scrypt }, { pbkdf2 }, { sha224, sha256, sha384, sha512 }, { md5, sha1 }] =
    await Promise.all(["scrypt", "pbkdf2", "sha2", "legacy"].map(load));
  await load("bcrypt");
  const methods = { md5, sha1, sha224, sha256, sha384, sha512 };
  return {
    scrypt: (password, salt, N, r, p, dkLen) =>
      scrypt(password, salt, { N, r, p, dkLen, maxmem: 2 ** 32 }),
    pbkdf2: (method, password, salt, c, dkLen) =>
      pbkdf2(methods[method], password, salt, { c, dkLen }),
    bcrypt: (password, salt) => self.bcrypt.hashSync(password, salt),
    bcryptBase64: (bytes) => self.bcrypt.encodeBase64(bytes, bytes.length),
  };
}
