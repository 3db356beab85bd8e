"use strict";
// Reading needs none of this: without it a number leads to its line in the list at the end.
(function () {
  let brief = null;
  const note = document.getElementById("origin");
  const words = JSON.parse(note.dataset.words);
  let asked = null;

  async function unpack() {
    const packed = Uint8Array.from(atob(document.getElementById("brief").textContent), (sign) => sign.charCodeAt(0));
    const plain = new Blob([packed]).stream().pipeThrough(new DecompressionStream("deflate"));
    brief = JSON.parse(await new Response(plain).text());
  }
  function make(tag, text) {
    const element = document.createElement(tag);
    element.textContent = text;
    return element;
  }
  function line(list, term, content) {
    if (content === undefined || content === null || content === "") return;
    const value = document.createElement("dd");
    value.append(content);
    list.append(make("dt", words[term]), value);
  }
  function cautions(id) {
    const found = [];
    for (const section of brief.sections) {
      section.blocks.forEach(function (block, place) {
        if (block.type !== "Caveat" || !(block.affects || []).includes(id)) return;
        const shown = document.getElementById("c-" + section.id + "-" + place);
        if (shown) found.push(shown.querySelector("p").textContent.replace(/^!\s*/, ""));
      });
    }
    return found;
  }
  function describe(id, written) {
    const ledger = brief.ledger;
    const fact = ledger.facts[id];
    const formula = ledger.formulas[fact.formula];
    const list = document.createElement("dl");
    const years = fact.period;
    const exact = fact.value === null ? written : fact.value + " " + (fact.unit.symbol === "1" ? "" : fact.unit.symbol);
    line(list, "value", exact.trim());
    line(list, "of", Object.entries(fact.subject).map((pair) => pair.join(" ")).join(", "));
    line(list, "period", years.first === years.last ? String(years.first) : years.first + "–" + years.last);
    if (fact.interval) line(list, "interval", fact.interval.low + " – " + fact.interval.high + " (" + fact.interval.kind + ")");
    line(list, "formula", formula.expression);
    line(list, "range", formula.range);
    line(list, "caution", [formula.caution, ...cautions(id)].filter(Boolean).join(" "));
    line(list, "status", fact.status || "observed");
    line(list, "coverage_word", fact.coverage === undefined || fact.coverage === null ? "" : String(fact.coverage));
    line(list, "note", fact.note);
    for (const input of fact.inputs) line(list, "inputs", make("code", input));
    for (const name of new Set(fact.inputs.map((input) => input.split("@")[0]))) {
      const data = ledger.datasets[name];
      if (!data) continue;
      line(list, "dataset", data.producer + ": " + data.title + ", " + data.version);
      line(list, "licence", data.licence);
    }
    line(list, "ask", make("code", "hikiwake why " + id));
    const about = make("a", words.all_about);
    about.href = "#f-" + id;
    about.addEventListener("click", () => close(false));
    const title = make("h2", written + " · " + formula.name);
    title.id = "origin-title";
    const button = make("button", "×");
    button.type = "button";
    button.setAttribute("aria-label", words.close);
    button.addEventListener("click", () => close(true));
    note.replaceChildren(button, title, list, about);
    return button;
  }
  function place(link) {
    // A narrow screen shows the note along its foot (see the style sheet).
    if (window.innerWidth <= 640) {
      note.removeAttribute("style");
      return;
    }
    const at = link.getBoundingClientRect();
    const room = window.innerHeight - at.bottom;
    const above = room < note.offsetHeight + 16 && at.top > room;
    const left = Math.min(at.left, document.documentElement.clientWidth - note.offsetWidth - 16);
    note.style.left = Math.max(16, left) + window.scrollX + "px";
    note.style.top = window.scrollY + (above ? at.top - note.offsetHeight - 8 : at.bottom + 8) + "px";
  }
  function show(link, id) {
    const button = describe(id, link.textContent);
    asked = link;
    note.hidden = false;
    place(link);
    button.focus({ preventScroll: true });
  }
  function close(back) {
    note.hidden = true;
    if (back && asked) asked.focus({ preventScroll: true });
    asked = null;
  }
  function unfold() {
    const target = location.hash && document.getElementById(location.hash.slice(1));
    const folded = target && target.closest("details");
    if (!folded) return;
    folded.open = true;
    target.scrollIntoView();
  }
  // A browser that cannot unpack follows the links, as without scripts.
  unpack().catch(() => {});
  for (const details of document.querySelectorAll("#origins details")) details.open = false;
  window.addEventListener("hashchange", unfold);
  unfold();
  document.addEventListener("click", function (event) {
    if (event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const link = event.target.closest(".fact a");
    const id = link && link.parentElement.dataset.fact;
    if (id && brief && brief.ledger.facts[id]) {
      event.preventDefault();
      show(link, id);
    } else if (!note.hidden && !note.contains(event.target)) close(false);
  });
  document.addEventListener("keydown", function (event) {
    if (note.hidden) return;
    if (event.key === "Escape") close(true);
    if (event.key !== "Tab") return;
    // Who leaves the note goes on from the number: the note itself stands at the end of the page.
    const stops = note.querySelectorAll("button, a");
    if (document.activeElement !== stops[event.shiftKey ? 0 : stops.length - 1]) return;
    if (event.shiftKey) event.preventDefault();
    close(true);
  });
})();
