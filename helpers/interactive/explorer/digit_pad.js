// The page's side of DigitPad: strokes go to Python as points from 0 to 1; image and probabilities come back.

const SIDE = 224; // CSS pixels of the canvas
const INTERVAL = 80; // milliseconds between two messages while a stroke is drawn

function element(parent, name, className, text = "") {
  const child = document.createElement(name);
  child.className = className;
  child.textContent = text;
  parent.append(child);
  return child;
}

function render({ model, el }) {
  el.classList.add("digit-pad");

  const drawing = element(el, "div", "digit-pad-part");
  element(drawing, "div", "digit-pad-title", "Draw a digit");
  const canvas = element(drawing, "canvas", "digit-pad-canvas");
  const sharpness = window.devicePixelRatio || 1;
  canvas.width = canvas.height = SIDE * sharpness;
  canvas.style.width = canvas.style.height = `${SIDE}px`;
  canvas.setAttribute("role", "img");
  canvas.setAttribute("aria-label", "Canvas: draw a digit with mouse, pen or finger");
  const clear = element(drawing, "button", "digit-pad-clear", "Clear");

  const seen = element(el, "div", "digit-pad-part");
  element(seen, "div", "digit-pad-title", "What the network gets");
  const small = element(seen, "canvas", "digit-pad-image");
  small.width = small.height = 28;
  small.setAttribute("role", "img");
  small.setAttribute("aria-label", "The drawing, scaled and centred like an image of MNIST");

  const answers = element(el, "div", "digit-pad-part digit-pad-answers");
  const reader = element(answers, "div", "digit-pad-title");
  const rows = model.get("label_names").map((name) => {
    const row = element(answers, "div", "digit-pad-row");
    element(row, "span", "digit-pad-digit", name);
    const track = element(row, "span", "digit-pad-track");
    return { row, bar: element(track, "span", "digit-pad-bar"), number: element(row, "span", "digit-pad-number") };
  });

  let strokes = structuredClone(model.get("strokes"));
  let pointer = null;
  let waiting = null;

  function send() {
    clearTimeout(waiting);
    waiting = null;
    model.set("strokes", structuredClone(strokes));
    model.save_changes();
  }

  function place(event) {
    const box = canvas.getBoundingClientRect();
    const inside = (distance, side) => Math.min(1, Math.max(0, distance / side));
    return [inside(event.clientX - box.left, box.width), inside(event.clientY - box.top, box.height)];
  }

  function paint() {
    const context = canvas.getContext("2d");
    const side = canvas.width;
    context.clearRect(0, 0, side, side);
    context.lineWidth = model.get("pen") * side;
    context.lineCap = context.lineJoin = "round";
    context.strokeStyle = "black";
    for (const stroke of strokes) {
      context.beginPath();
      context.moveTo(stroke[0][0] * side, stroke[0][1] * side);
      for (const [x, y] of stroke) context.lineTo(x * side, y * side);
      context.stroke();
    }
  }

  canvas.addEventListener("pointerdown", (event) => {
    if (pointer !== null || event.button > 0) return;
    pointer = event.pointerId;
    canvas.setPointerCapture(pointer);
    strokes.push([place(event)]);
    paint();
    send();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (event.pointerId !== pointer) return;
    strokes.at(-1).push(place(event));
    paint();
    waiting ??= setTimeout(send, INTERVAL);
  });
  for (const end of ["pointerup", "pointercancel"]) {
    canvas.addEventListener(end, (event) => {
      if (event.pointerId !== pointer) return;
      pointer = null;
      send();
    });
  }
  clear.addEventListener("click", () => {
    strokes = [];
    paint();
    send();
  });

  function showImage() {
    const greys = model.get("image");
    const context = small.getContext("2d");
    context.clearRect(0, 0, 28, 28);
    if (!greys.length) return;
    const picture = context.createImageData(28, 28);
    greys.forEach((grey, pixel) => picture.data.set([255 - grey, 255 - grey, 255 - grey, 255], 4 * pixel));
    context.putImageData(picture, 0, 0);
  }

  function showProbabilities() {
    const probabilities = model.get("probabilities");
    const highest = Math.max(...probabilities);
    rows.forEach(({ row, bar, number }, digit) => {
      const probability = probabilities[digit];
      bar.style.width = `${100 * (probability ?? 0)}%`;
      number.textContent = probability === undefined ? "" : `${(100 * probability).toFixed(1)} %`;
      row.classList.toggle("digit-pad-best", probability !== undefined && probability === highest);
    });
  }

  function showReader() {
    reader.textContent = model.get("reader");
  }

  function takeStrokes() {
    if (pointer !== null || waiting !== null) return;
    strokes = structuredClone(model.get("strokes"));
    paint();
  }

  const listeners = {
    "change:image": showImage,
    "change:probabilities": showProbabilities,
    "change:reader": showReader,
    "change:strokes": takeStrokes,
  };
  for (const [name, listener] of Object.entries(listeners)) {
    model.on(name, listener);
    listener();
  }
  return () => {
    clearTimeout(waiting);
    for (const [name, listener] of Object.entries(listeners)) model.off(name, listener);
  };
}

export default { render };
