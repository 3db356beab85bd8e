"use strict";
(function () {
  const brief = JSON.parse(document.getElementById("brief").textContent);
  const ledger = brief.ledger;
  const note = document.getElementById("origin");
  let asked = null;
  function line(list, term, text) {
    if (text === undefined || text === null || text === "") return;
    const dt = document.createElement("dt");
    const dd = document.createElement("dd");
    dt.textContent = term;
    dd.textContent = text;
    list.append(dt, dd);
  }
  function close() {
    note.hidden = true;
    if (asked) asked.focus();
  }
  function show(link) {
    const id = link.dataset.fact;
    const fact = ledger.facts[id];
    if (!fact) return false;
    const formula = ledger.formulas[fact.formula];
    const list = document.createElement("dl");
    const years = fact.period.first === fact.period.last ? fact.period.first : fact.period.first + "–" + fact.period.last;
    line(list, "value", fact.value === null ? "no data" : fact.value + " (" + fact.unit.symbol + ")");
    line(list, "of", Object.entries(fact.subject).map((p) => p[0] + " " + p[1]).join(", "));
    line(list, "period", years);
    if (fact.interval) line(list, fact.interval.kind, fact.interval.low + " to " + fact.interval.high);
    line(list, "formula", formula.name + ": " + formula.expression);
    line(list, "source", formula.source);
    line(list, "caution", formula.caution);
    line(list, "status", fact.status || "observed");
    line(list, "coverage", fact.coverage);
    line(list, "note", fact.note);
    for (const input of fact.inputs) {
      const data = ledger.datasets[input.split("@")[0]];
      line(list, "rows", input);
      if (data) line(list, "data", data.producer + ", " + data.title + ", " + data.version + ". " + data.licence);
    }
    line(list, "ask", "hikiwake why " + id);
    const button = document.createElement("button");
    button.textContent = "×";
    button.setAttribute("aria-label", "close");
    button.addEventListener("click", close);
    note.replaceChildren(button, list);
    note.hidden = false;
    asked = link;
    button.focus();
    return true;
  }
  document.addEventListener("click", function (event) {
    const link = event.target.closest("a.fact");
    if (link && show(link)) event.preventDefault();
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && !note.hidden) close();
  });
})();
