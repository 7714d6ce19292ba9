/* What the pages do beyond being read: progress through the steps, diagrams, notebooks that run.

   Without this file every page reads well: lists have no ticks, diagrams are their source. Nothing
   is fetched from another server. */

"use strict";

(() => {
  // Taken now: once the script has run through, nobody knows its address any more.
  const assets = new URL(".", document.currentScript.src);

  // -- Progress: which steps are done, kept in this browser ------------------------------------

  const KEY = "workshop-progress";
  // Counts where the browser keeps nothing, in private windows for example.
  let remembered = [];
  let kept = true;

  function done() {
    if (!kept) return remembered;
    try {
      const stored = JSON.parse(localStorage.getItem(KEY) || "[]");
      if (Array.isArray(stored)) remembered = stored.filter((name) => typeof name === "string");
    } catch {
      // No storage, or somebody else's text in it: what is remembered on this page still counts.
    }
    return remembered;
  }

  function keep(names) {
    remembered = names;
    try {
      localStorage.setItem(KEY, JSON.stringify(names));
      kept = true;
    } catch {
      kept = false;
    }
    show();
  }

  function mark(place, isDone) {
    place.classList.toggle("is-done", isDone);
    const link = place.matches("a") ? place : place.querySelector("a") || place;
    let said = link.querySelector(".for-readers");
    if (!isDone) {
      if (said) said.remove();
    } else if (!said) {
      said = document.createElement("span");
      said.className = "for-readers";
      said.textContent = " (done)";
      link.append(said);
    }
  }

  function show() {
    const names = done();
    for (const place of document.querySelectorAll("[data-step]:not(.step-done)")) {
      mark(place, names.includes(place.dataset.step));
    }
    for (const box of document.querySelectorAll(".step-done")) {
      box.querySelector("input").checked = names.includes(box.dataset.step);
      box.querySelector("[role=status]").textContent = kept
        ? ""
        : "This browser keeps nothing, so the tick is gone with this page.";
    }
    for (const sum of document.querySelectorAll(".steps-sum")) {
      const steps = [...document.querySelectorAll("main [data-step]:not(.step-done)")];
      const reached = steps.filter((place) => names.includes(place.dataset.step)).length;
      sum.querySelector("[role=status]").textContent =
        `${reached} of ${steps.length} steps done. This browser remembers it.`;
      sum.querySelector("button").hidden = !names.length;
    }
  }

  for (const box of document.querySelectorAll(".step-done")) {
    box.innerHTML =
      '<label><input type="checkbox"> This step is done</label> <span role="status"></span>';
    box.querySelector("input").addEventListener("change", (event) => {
      const others = done().filter((name) => name !== box.dataset.step);
      keep(event.target.checked ? [...others, box.dataset.step] : others);
    });
  }
  for (const sum of document.querySelectorAll(".steps-sum")) {
    sum.innerHTML = '<span role="status"></span> <button type="button">Start over</button>';
    sum.querySelector("button").addEventListener("click", () => keep([]));
  }
  window.addEventListener("storage", (event) => {
    if (event.key === KEY || event.key === null) show();
  });
  // Back may show a page as it was before a step was done elsewhere.
  window.addEventListener("pageshow", (event) => {
    if (event.persisted) show();
  });
  show();

  // -- Diagrams: drawn when they come near, in the colours of the page --------------------------

  const LIGHT = {
    background: "#ffffff",
    primaryColor: "#e8eaf6",
    primaryBorderColor: "#4051b5",
    primaryTextColor: "#1f2330",
    lineColor: "#4f5567",
    edgeLabelBackground: "#ffffff",
    clusterBkg: "#ffffff",
    clusterBorder: "#9aa1b9",
    noteBkgColor: "#fff6da",
    noteTextColor: "#1f2330",
    noteBorderColor: "#b08a2e",
    labelBoxBkgColor: "#e8eaf6",
  };
  const DARK = {
    background: "#1e2129",
    primaryColor: "#2c3450",
    primaryBorderColor: "#8c9eff",
    primaryTextColor: "#e6e8ef",
    lineColor: "#b3b9cc",
    edgeLabelBackground: "#1e2129",
    clusterBkg: "#1e2129",
    clusterBorder: "#6b7390",
    noteBkgColor: "#4a4023",
    noteTextColor: "#f6ecd0",
    noteBorderColor: "#c9a94e",
    labelBoxBkgColor: "#2c3450",
  };

  // Below seven tenths of its size nobody reads a diagram: then it is moved sideways instead.
  const SMALLEST = 0.7;
  const diagrams = [...document.querySelectorAll("pre.diagram")].map((source) => ({
    source,
    text: source.textContent.trim(),
    drawn: null,
  }));
  let drawings = 0;

  const isDark = () => document.body.dataset.mdColorScheme === "slate";

  function load(address) {
    return new Promise((resolve, reject) => {
      const script = document.createElement("script");
      script.src = address;
      script.addEventListener("load", resolve);
      script.addEventListener("error", reject);
      document.head.append(script);
    });
  }

  async function draw() {
    const colours = isDark() ? DARK : LIGHT;
    const words = colours.primaryTextColor;
    mermaid.initialize({
      startOnLoad: false,
      securityLevel: "strict",
      theme: "base",
      themeVariables: {
        ...colours,
        darkMode: isDark(),
        fontFamily: "system-ui, sans-serif",
        fontSize: "14px",
        textColor: words,
        titleColor: words,
        nodeTextColor: words,
        actorTextColor: words,
        signalColor: colours.lineColor,
        signalTextColor: words,
        labelTextColor: words,
        loopTextColor: words,
        transitionLabelColor: words,
        transitionColor: colours.lineColor,
        stateLabelColor: words,
      },
      fontFamily: "system-ui, sans-serif",
      htmlLabels: false,
      flowchart: { htmlLabels: false, useMaxWidth: true, padding: 12 },
      sequence: { useMaxWidth: true, mirrorActors: false, actorMargin: 40 },
      state: { useMaxWidth: true },
    });
    for (const diagram of diagrams) {
      drawings += 1;
      const { svg } = await mermaid.render(`diagram-${drawings}`, diagram.text);
      if (!diagram.drawn) {
        diagram.drawn = document.createElement("div");
        diagram.drawn.className = "drawn";
        // Where it is wider than the page it is moved sideways, by the arrow keys as well.
        diagram.drawn.tabIndex = 0;
        diagram.source.replaceWith(diagram.drawn);
      }
      diagram.drawn.innerHTML = svg;
      const picture = diagram.drawn.firstElementChild;
      const width = picture.viewBox.baseVal.width;
      picture.style.maxWidth = `${width}px`;
      picture.style.minWidth = `${Math.round(width * SMALLEST)}px`;
      const title = picture.querySelector("title");
      diagram.drawn.setAttribute("role", "group");
      diagram.drawn.setAttribute("aria-label", `Diagram: ${title ? title.textContent : ""}`);
    }
  }

  async function startDrawing() {
    try {
      await load(new URL("vendor/mermaid.min.js", assets).href);
    } catch {
      return; // Not fetched with `checker docs`: the sources stay, and can be read.
    }
    let last = draw();
    new MutationObserver(() => {
      last = last.then(draw);
    }).observe(document.body, { attributes: true, attributeFilter: ["data-md-color-scheme"] });
  }

  if (diagrams.length) {
    const watcher = new IntersectionObserver(
      (seen) => {
        if (seen.some((one) => one.isIntersecting)) {
          watcher.disconnect();
          startDrawing();
        }
      },
      { rootMargin: "1000px" },
    );
    for (const { source } of diagrams) watcher.observe(source);
  }

  // -- The theme gives its search no name --------------------------------------------------------

  const search = document.querySelector(".md-search[role=dialog]");
  if (search) search.setAttribute("aria-label", "Search");

  // -- Tables that are wider than the page are moved sideways, by the arrow keys as well ----------

  function reachTables() {
    for (const around of document.querySelectorAll(".md-typeset__scrollwrap")) {
      if (around.scrollWidth > around.clientWidth) around.tabIndex = 0;
      else around.removeAttribute("tabindex");
    }
  }
  // The theme puts them into what scrolls, later than now.
  window.addEventListener("load", reachTables);
  window.addEventListener("resize", reachTables);

  // -- Notebooks: their cells run in the page ----------------------------------------------------

  if (document.querySelector(".notebook")) {
    // Its looks come first, or the buttons would jump into their places.
    const looks = document.createElement("link");
    looks.rel = "stylesheet";
    looks.href = new URL("run/run.css", assets).href;
    const run = () => import(new URL("run/run.js", assets).href);
    looks.addEventListener("load", run);
    looks.addEventListener("error", run);
    document.head.append(looks);
  }
})();
