/* Steps through the pictures of each series: wheel, slider, keys, a finger. The page shows them without it too. */
(function () {
  "use strict";

  function say(template, values) {
    return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? values[name] : whole));
  }

  function start(section) {
    const names = [...section.querySelectorAll(".frames a")].map((link) => link.getAttribute("href"));
    if (names.length < 2) return;
    const words = JSON.parse(section.dataset.words);
    const image = section.querySelector("img");
    const bar = document.createElement("div");
    const slider = document.createElement("input");
    const place = document.createElement("output");
    let at = Number(section.dataset.key);
    let timer = 0;

    function show(index) {
      at = Math.max(0, Math.min(names.length - 1, index));
      image.src = names[at];
      place.value = image.alt = say(words.place, { number: at + 1, count: names.length });
      slider.value = at;
      // The next ones are read ahead, so that turning the wheel shows no gap.
      for (const near of [at + 1, at + 2, at - 1]) if (names[near]) new Image().src = names[near];
    }

    bar.className = "bar";
    slider.type = "range";
    slider.max = names.length - 1;
    slider.setAttribute("aria-label", words.slider);
    slider.addEventListener("input", () => show(Number(slider.value)));
    if (Number(section.dataset.time)) bar.append(player());
    bar.append(slider, place);
    section.querySelector("figure").after(bar);
    section.querySelector(".frames").hidden = true;

    // At either end the wheel goes on over the page.
    image.addEventListener("wheel", (event) => {
      const next = at + Math.sign(event.deltaY);
      if (next < 0 || next >= names.length) return;
      event.preventDefault();
      show(next);
    }, { passive: false });
    drag();
    show(at);

    function player() {
      const button = document.createElement("button");
      button.type = "button";
      button.textContent = words.play;
      button.addEventListener("click", () => {
        if (timer) clearInterval(timer);
        timer = timer ? 0 : setInterval(() => show((at + 1) % names.length), Math.max(20, Number(section.dataset.time)));
        button.textContent = timer ? words.pause : words.play;
      });
      return button;
    }

    // Sideways, because up and down belong to the page on a telephone.
    function drag() {
      let from = null;
      image.addEventListener("pointerdown", (event) => {
        from = { x: event.clientX, at };
        image.setPointerCapture(event.pointerId);
      });
      image.addEventListener("pointermove", (event) => {
        if (from) show(from.at + Math.round((event.clientX - from.x) / 12));
      });
      for (const end of ["pointerup", "pointercancel"]) image.addEventListener(end, () => { from = null; });
      image.addEventListener("dragstart", (event) => event.preventDefault());
    }
  }

  document.querySelectorAll(".series").forEach(start);
})();
