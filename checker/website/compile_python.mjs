// Compiles the Python in wheels and in Pyodide's standard library, once here instead of at each
// visit of each page: a page's first cell answers in a third of the time.
//
//     node compile_python.mjs FOLDER_OF_PYODIDE ARCHIVE...
//
// Each archive is rewritten in place, every .py in it as a .pyc. Only the Python that will run them
// can make them, so this starts Pyodide.

import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";

const COMPILE = `
import importlib.util, importlib._bootstrap_external as bootstrap, zipfile, _imp

MAGIC = int.from_bytes(importlib.util.MAGIC_NUMBER, "little")

def compiled(source, name):
    code = compile(source, name, "exec", dont_inherit=True)
    # Never looked at again: there is no source beside it.
    return bytes(bootstrap._code_to_hash_pyc(code, _imp.source_hash(MAGIC, source), False))

def compile_archive(archive, made, place):
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name.endswith(".py"):
                name, content = name + "c", compiled(content, f"{place}/{name}")
            new.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)

compile_archive
`;

const [folder, ...archives] = process.argv.slice(2).map((path) => resolve(path));
const { loadPyodide } = await import(pathToFileURL(`${folder}/pyodide.mjs`).href);
const python = await loadPyodide({ indexURL: folder });
const compile = python.runPython(COMPILE);
for (const archive of archives) {
  python.FS.writeFile("/archive", new Uint8Array(readFileSync(archive)));
  const isWheel = archive.endsWith(".whl");
  compile("/archive", "/made", isWheel ? "/lib/python3.14/site-packages" : "/lib/python314.zip");
  writeFileSync(archive, python.FS.readFile("/made"));
}
process.exit(0); // Pyodide keeps Node waiting.
