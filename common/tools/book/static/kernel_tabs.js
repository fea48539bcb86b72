// SPDX-License-Identifier: MIT
// Turns each group of kernel listings into tabs. The language that the reader chooses is chosen in every
// group of every page, and remembered. Keyboard: arrow keys, Home and End move between tabs.
(function () {
  "use strict";
  var KEY = "cookbook-language";
  var groups = [];

  function remembered() {
    try { return localStorage.getItem(KEY); } catch (e) { return null; } // storage may be forbidden
  }

  function remember(language) {
    try { localStorage.setItem(KEY, language); } catch (e) { /* then only this page keeps it */ }
  }

  function show(group, language) {
    var has = group.tabs.some(function (tab) { return tab.textContent === language; });
    group.tabs.forEach(function (tab, i) {
      var chosen = has ? tab.textContent === language : i === 0;
      tab.setAttribute("aria-selected", chosen ? "true" : "false");
      tab.tabIndex = chosen ? 0 : -1;
      group.panels[i].hidden = !chosen;
    });
  }

  function choose(language, tab) {
    var before = tab.getBoundingClientRect().top;
    groups.forEach(function (group) { show(group, language); });
    window.scrollBy(0, tab.getBoundingClientRect().top - before); // what is clicked stays where it is
    remember(language);
  }

  function onKey(event, group, i) {
    var last = group.tabs.length - 1;
    var to = { ArrowRight: i === last ? 0 : i + 1, ArrowLeft: i === 0 ? last : i - 1, Home: 0, End: last }[event.key];
    if (to === undefined) return;
    event.preventDefault();
    choose(group.tabs[to].textContent, group.tabs[to]);
    group.tabs[to].focus();
  }

  document.querySelectorAll(".kernel-tabs").forEach(function (element, number) {
    var panels = Array.prototype.slice.call(element.querySelectorAll(".kernel-panel"));
    var list = document.createElement("div");
    var group = { panels: panels, tabs: [] };
    list.setAttribute("role", "tablist");
    list.setAttribute("aria-label", "Language of the listing");
    panels.forEach(function (panel, i) {
      var label = panel.querySelector("p");
      var tab = document.createElement("button");
      tab.type = "button";
      tab.id = "kernel-tab-" + number + "-" + i;
      tab.textContent = label.querySelector("strong").textContent;
      tab.setAttribute("role", "tab");
      tab.addEventListener("click", function () { choose(tab.textContent, tab); });
      tab.addEventListener("keydown", function (event) { onKey(event, group, i); });
      panel.id = "kernel-panel-" + number + "-" + i;
      panel.setAttribute("role", "tabpanel");
      panel.setAttribute("aria-labelledby", tab.id);
      tab.setAttribute("aria-controls", panel.id);
      label.classList.add("kernel-file"); // the tab says the language; the file's name stays
      if (label.querySelector("code")) label.replaceChildren(label.querySelector("code"));
      list.appendChild(tab);
      group.tabs.push(tab);
    });
    element.insertBefore(list, element.firstChild);
    element.classList.add("is-tabbed");
    groups.push(group);
    show(group, remembered());
  });

  window.addEventListener("storage", function (event) { // chosen in another window
    if (event.key === KEY) groups.forEach(function (group) { show(group, event.newValue); });
  });
})();
