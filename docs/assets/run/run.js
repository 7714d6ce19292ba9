// Lets the cells of a notebook's page run in the page: Run and Edit at each cell, "Run all cells"
// at the top. Nothing is loaded before the first click; then worker.js runs Python.
//
// A page has <div class="notebook"> with <div class="cell" data-cell="ID"> in it, and each of these
// a <pre><code> and perhaps a <div class="output"> with what the cell put out when it was written.
// data-not-in-page says that a cell cannot run in a page, and why.

const here = new URL(".", import.meta.url);
const ABOUT =
  "Python runs in this page: nothing to install, and nothing that you type leaves your browser. " +
  "The first click fetches about 17 MB.";
const KEYS = "Ctrl+Enter runs the cell. Tab leaves the code.";

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function button(text, more, onclick) {
  const hidden = element("span", { className: "for-readers", textContent: ` ${more}` });
  return element("button", { type: "button", onclick }, text, more ? hidden : "");
}

// --- Python -----------------------------------------------------------------------------------------

// A running Python. Its promises fail with what is to be said when there is none any more.
class Python {
  #worker = new Worker(new URL("worker.js", here), { type: "module", name: "Python" });
  #waiting = {};

  constructor(sources, onProgress) {
    this.#worker.onmessage = ({ data }) => {
      if (data.progress) onProgress(data.progress);
      else if (data.stream) this.#waiting.onText(data);
      else if (data.broken) this.stop(data.text);
      else this.#waiting.resolve(data.done);
    };
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.stop(`Python cannot run in this browser. ${event.message ?? ""}`.trim());
    };
    this.ready = this.#ask({ start: sources });
  }

  // Returns {error} or {text, svg}, see page_cells.py; meanwhile hands on {stream, text}.
  async run(name, source, onText) {
    return this.#ask({ name, source }, onText);
  }

  stop(reason) {
    this.#worker.terminate();
    this.isGone = true;
    this.#waiting.reject?.(new Error(reason));
  }

  #ask(question, onText) {
    return new Promise((resolve, reject) => {
      this.#waiting = { resolve, reject, onText };
      this.#worker.postMessage(question);
    });
  }
}

// --- A cell -----------------------------------------------------------------------------------------

class Cell {
  hasRun = false;
  #output = null;

  constructor(root, number, notebook) {
    this.root = root;
    this.number = number;
    this.stored = root.querySelector(":scope > .output");
    this.shown = root.querySelector(":scope > :not(.output)");
    this.original = root.querySelector("code").textContent.replace(/\n$/, "");
    this.reason = root.dataset.notInPage;
    this.canRun = this.reason === undefined;
    this.state = element("span", { className: "run-state" });
    this.live = element("div", { className: "output live" });
    this.live.setAttribute("aria-live", "polite");
    const bar = element("div", { className: "run-cell" });
    if (this.canRun) {
      this.runs = button("Run", `cell ${number}`, () => notebook.runThrough(this));
      this.edits = button("Edit", `cell ${number}`, () => this.edit());
      this.resets = button("Original", `code of cell ${number}`, () => this.reset());
      this.resets.hidden = true;
      bar.append(this.runs, this.edits, this.resets, this.state);
    } else {
      bar.append("This cell runs in Jupyter only.", this.reason ? ` ${this.reason}` : "");
    }
    this.shown.after(bar, this.live);
    this.notebook = notebook;
  }

  get source() {
    return this.editor ? this.editor.value : this.original;
  }

  edit() {
    const editor = element("textarea", {
      className: "run-editor",
      value: this.original,
      spellcheck: false,
      autocomplete: "off",
      autocapitalize: "off",
      wrap: "off",
    });
    const fit = () => (editor.rows = editor.value.split("\n").length);
    editor.setAttribute("aria-label", `Code of cell ${this.number}. ${KEYS}`);
    editor.oninput = fit;
    editor.onkeydown = (event) => {
      if (event.key !== "Enter" || !(event.ctrlKey || event.metaKey || event.shiftKey)) return;
      event.preventDefault();
      this.notebook.runThrough(this);
    };
    fit();
    this.editor = editor;
    this.shown.hidden = true;
    this.shown.after(editor);
    this.edits.hidden = true;
    this.resets.hidden = false;
    this.say(KEYS);
    editor.focus();
  }

  reset() {
    this.editor.remove();
    this.editor = null;
    this.shown.hidden = false;
    this.edits.hidden = false;
    this.resets.hidden = true;
    this.say("The original code is back.");
    this.edits.focus();
  }

  say(text) {
    this.state.textContent = text;
  }

  // Runs in a Python; returns whether no exception came out. Fails when there is no Python any more.
  async run(python, isAnnounced) {
    this.live.setAttribute("aria-live", isAnnounced ? "polite" : "off");
    this.clear();
    if (this.stored) this.stored.hidden = true;
    this.root.dataset.state = "running";
    this.say("running …");
    const began = performance.now();
    const { error, text, svg } = await python.run(
      `cell ${this.root.dataset.cell}`,
      this.source,
      (printed) => this.#print(printed),
    );
    this.#output = null;
    if (error !== undefined) this.#print({ stream: "error", text: error });
    else if (svg !== undefined) this.#draw(svg, text);
    else if (text !== undefined) this.#print({ stream: "result", text });
    const seconds = ((performance.now() - began) / 1000).toPrecision(2);
    this.hasRun = error === undefined;
    this.root.dataset.state = this.hasRun ? "done" : "failed";
    this.say(this.hasRun ? `ran in ${Number(seconds)} s` : "stopped with an error");
    return this.hasRun;
  }

  // What the page showed before anything ran.
  forget() {
    this.clear();
    if (this.stored) this.stored.hidden = false;
    this.end("");
  }

  end(text) {
    this.hasRun = false;
    delete this.root.dataset.state;
    this.say(text);
  }

  clear() {
    this.#output = null;
    this.live.replaceChildren();
  }

  #print({ stream, text }) {
    if (this.#output?.dataset.stream !== stream) {
      this.#output = element("pre", {}, element("code"));
      this.#output.dataset.stream = stream;
      // What is wider than the page is moved sideways, by the arrow keys as well.
      this.#output.firstChild.tabIndex = 0;
      if (stream === "error") {
        this.live.append(element("p", { className: "run-error", textContent: "Error" }));
      }
      this.live.append(this.#output);
    }
    this.#output.firstChild.append(text);
  }

  // As an image: whatever is written in an SVG, a browser runs no script of it there.
  #draw(svg, text) {
    const src = `data:image/svg+xml;charset=utf-8,${encodeURIComponent(svg)}`;
    this.live.append(element("img", { src, alt: text }));
  }
}

// --- The notebook -----------------------------------------------------------------------------------

class Notebook {
  #python = null;
  #last = Promise.resolve();
  #round = 0;

  constructor(root) {
    const found = [...root.querySelectorAll(".cell")];
    this.cells = found.map((cell, index) => new Cell(cell, index + 1, this));
    this.runnable = this.cells.filter((cell) => cell.canRun);
    this.all = button("Run all cells", "", () => this.runAll());
    this.stops = button("Stop", "", () => this.stop());
    this.stops.hidden = true;
    this.restarts = button("Start afresh", "", () => this.restart());
    this.restarts.hidden = true;
    this.status = element("p", { className: "run-status", textContent: ABOUT });
    this.status.setAttribute("role", "status");
    const bar = element("div", { className: "run-bar" }, this.all, this.stops, this.restarts);
    bar.append(this.status);
    bar.setAttribute("role", "group");
    bar.setAttribute("aria-label", "Run this notebook");
    const title = root.querySelector("h1");
    if (title) title.after(bar);
    else root.prepend(bar);
  }

  // Runs a cell, and before it the earlier ones that have not run.
  runThrough(cell) {
    const earlier = this.runnable.filter((one) => one.number < cell.number && !one.hasRun);
    this.#enqueue([...earlier, cell], !earlier.length, cell);
  }

  runAll() {
    this.#enqueue(this.runnable, false);
  }

  stop() {
    const running = this.cells.find((cell) => cell.root.dataset.state === "running");
    this.#end("Stopped. Python starts afresh when you run a cell again.");
    running?.say("stopped");
  }

  restart() {
    for (const cell of this.runnable) cell.forget();
    this.#end("Python starts afresh when you run a cell. What you see is the stored output.");
    this.all.focus();
  }

  #end(text) {
    this.#round += 1;
    this.#python?.stop("");
    this.#python = null;
    for (const cell of this.runnable) {
      if (cell.root.dataset.state === "done" || cell.root.dataset.state === "failed") {
        cell.hasRun = false;
      } else {
        cell.end("");
      }
    }
    this.#show(false);
    this.status.textContent = text;
  }

  // Runs cells once those before are through; `wanted` is the one that somebody is looking at.
  #enqueue(cells, isAnnounced, wanted) {
    const round = this.#round;
    for (const cell of cells) {
      if (cell.root.dataset.state !== "running") {
        cell.root.dataset.state = "waiting";
        cell.say("waiting");
      }
    }
    this.#show(true);
    this.#last = this.#last.then(async () => {
      if (round !== this.#round) return;
      try {
        await this.#run(cells, isAnnounced, round, wanted);
      } catch (error) {
        if (round === this.#round) this.#end(error.message);
      }
    });
  }

  async #run(cells, isAnnounced, round, wanted) {
    if (!this.#python) {
      const sources = this.runnable.map((cell) => cell.source);
      this.#python = new Python(sources, (text) => {
        this.status.textContent = text;
        wanted?.say(text);
      });
      await this.#python.ready;
      wanted?.say("waiting");
    }
    for (const [index, cell] of cells.entries()) {
      this.status.textContent = `Running cell ${cell.number} of ${this.cells.length}.`;
      if (await cell.run(this.#python, isAnnounced)) continue;
      for (const later of cells.slice(index + 1)) later.end(`not run: cell ${cell.number} failed`);
      this.#show(false);
      this.status.textContent = `Cell ${cell.number} stopped with an error.`;
      return;
    }
    if (round !== this.#round) return;
    this.#show(false);
    const ran = cells.length === 1 ? `Cell ${cells[0].number} has run.` : "";
    this.status.textContent = ran || `${cells.length} cells have run.`;
  }

  #show(isRunning) {
    const focused = document.activeElement;
    this.stops.hidden = !isRunning;
    this.restarts.hidden = isRunning || !this.cells.some((cell) => cell.live.hasChildNodes());
    // A hidden button cannot keep the focus.
    if (focused?.hidden && this.status.parentNode.contains(focused)) this.all.focus();
  }
}

function start() {
  for (const root of document.querySelectorAll(".notebook:not([data-runs])")) {
    root.dataset.runs = "";
    new Notebook(root);
  }
}

document.head.append(
  element("link", { rel: "stylesheet", href: new URL("run.css", here).href }),
);
start();
