"use strict";
// Finding, sorting and walking with the keys. Without it the page still shows everything.
(() => {
  // From what an instructor looks for to what needs no look: a column is put in this order.
  const ORDER = ["failed", "timeout", "error", "blocked", "not-run", "flaky", "passed", "nothing"];
  const tables = [...document.querySelectorAll("table.heat")];
  const where = document.getElementById("where");

  // --- Which students are shown

  const find = document.getElementById("find");
  const group = document.getElementById("group");
  const state = document.getElementById("state");
  const shown = document.getElementById("shown");

  function wanted(row) {
    const words = find.value.trim().toLocaleLowerCase();
    const text = `${row.cells[0].textContent} ${row.dataset.id}`.toLocaleLowerCase();
    if (words && !text.includes(words)) return false;
    if (group && group.value && row.dataset.group !== group.value) return false;
    const mend = "mend" in row.dataset;
    switch (state.value) {
      case "mend": return mend;
      case "done": return row.dataset.state === "graded" && !mend;
      case "waiting": case "refused": return row.dataset.state === state.value;
      default: return true;
    }
  }

  function filter() {
    for (const table of tables) {
      for (const row of table.tBodies[0].rows) row.hidden = !wanted(row);
    }
    const open = document.querySelector("details.view[open] table.heat") || tables[0];
    const count = [...open.tBodies[0].rows].filter((row) => !row.hidden).length;
    shown.textContent = `${count} shown`;
    tables.forEach(restoreStop);
  }

  // --- Sorting

  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  function value(row, column, kind) {
    const cell = row.cells[column];
    if (kind === "text") return cell.textContent.trim();
    if (cell.dataset.order !== undefined) return Number(cell.dataset.order);
    const text = cell.textContent.trim();
    return text === "" ? ORDER.indexOf(cell.className) : Number.parseFloat(text);
  }

  function sort(header) {
    const table = header.closest("table");
    const column = header.cellIndex;
    const kind = header.dataset.kind;
    const down = header.getAttribute("aria-sort") === "ascending";
    for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
    header.setAttribute("aria-sort", down ? "descending" : "ascending");
    const body = table.tBodies[0];
    const rows = [...body.rows].map((row) => [value(row, column, kind), row]);
    const compare = kind === "text" ? collator.compare : (one, other) => one - other;
    rows.sort(([one], [other]) => (down ? compare(other, one) : compare(one, other)));
    body.append(...rows.map(([, row]) => row));
  }

  for (const header of document.querySelectorAll("th[data-kind]")) {
    header.querySelector("button").addEventListener("click", () => sort(header));
  }

  // --- The table of students as one stop of the Tab key, walked with the arrows

  const target = (cell) => cell.querySelector("a, button") || cell;
  const walked = (table) => [table.tHead.rows[0], ...table.tBodies[0].rows].filter((r) => !r.hidden);

  function stopAt(table, cell) {
    for (const old of table.querySelectorAll("[tabindex='0']")) old.tabIndex = -1;
    target(cell).tabIndex = 0;
  }

  // The stop has to be on a row that is there.
  function restoreStop(table) {
    const stop = table.querySelector("[tabindex='0']");
    if (!stop || stop.closest("tr").hidden) {
      const rows = walked(table);
      stopAt(table, rows[Math.min(1, rows.length - 1)].cells[0]);
    }
  }

  function tell(table, cell) {
    const head = table.tHead.rows[0].cells[cell.cellIndex];
    const row = cell.closest("tr");
    if (row.parentElement === table.tHead) {
      where.textContent = head.dataset.title || head.textContent.trim();
    } else {
      const what = head.dataset.title ? `${head.textContent.trim()}: ` : "";
      const said = cell.textContent.trim() || cell.className.replace("-", " ");
      const about = head.dataset.title ? ` · ${head.dataset.title}` : "";
      where.textContent = `${row.cells[0].textContent.trim()} · ${what}${said}${about}`;
    }
    where.hidden = false;
  }

  function open(table, cell) {
    const row = cell.closest("tr");
    const link = row.querySelector("a");
    const anchor = table.tHead.rows[0].cells[cell.cellIndex].dataset.anchor;
    if (link) location.href = link.getAttribute("href").split("#")[0] + (anchor ? `#${anchor}` : "");
  }

  function walk(event) {
    const table = event.currentTarget;
    const cell = event.target.closest("th, td");
    if (!cell || event.altKey || event.metaKey) return;
    const rows = walked(table);
    let down = rows.indexOf(cell.closest("tr"));
    let across = cell.cellIndex;
    const last = [rows.length - 1, rows[0].cells.length - 1];
    switch (event.key) {
      case "ArrowDown": down += 1; break;
      case "ArrowUp": down -= 1; break;
      case "ArrowRight": across += 1; break;
      case "ArrowLeft": across -= 1; break;
      case "PageDown": down += 10; break;
      case "PageUp": down -= 10; break;
      case "Home": across = 0; if (event.ctrlKey) down = 0; break;
      case "End": across = last[1]; if (event.ctrlKey) down = last[0]; break;
      case "Enter":
        if (target(cell) === cell) { event.preventDefault(); open(table, cell); }
        return;
      default: return;
    }
    event.preventDefault();
    const row = rows[Math.max(0, Math.min(last[0], down))];
    const next = row.cells[Math.max(0, Math.min(last[1], across))];
    stopAt(table, next);
    target(next).focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  for (const table of tables) {
    table.setAttribute("role", "grid");
    for (const one of table.querySelectorAll("a, button")) one.tabIndex = -1;
    restoreStop(table);
    table.addEventListener("keydown", walk);
    table.addEventListener("focusin", (event) => {
      const cell = event.target.closest("th, td");
      if (cell) { stopAt(table, cell); tell(table, cell); }
    });
    table.addEventListener("focusout", () => { where.hidden = true; });
    table.addEventListener("mouseover", (event) => {
      const cell = event.target.closest("th, td");
      if (cell) tell(table, cell);
    });
    table.addEventListener("mouseleave", () => { where.hidden = true; });
    table.addEventListener("click", (event) => {
      const cell = event.target.closest("tbody td");
      if (cell) open(table, cell);
    });
  }

  for (const control of [find, group, state]) if (control) control.addEventListener("input", filter);
  for (const view of document.querySelectorAll("details.view")) view.addEventListener("toggle", filter);
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
  filter();
})();
