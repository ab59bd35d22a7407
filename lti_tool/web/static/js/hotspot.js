// Hotspot: marks are put on the picture by mouse, finger or a cross that the arrow keys move. The fields of the form carry them to the
// server; they stand in the page for those without a script.
const COARSE = 5;
const FINE = 1;
const REACH = 4; // per cent of the width: a press so near to a mark takes it away
const SVG = "http://www.w3.org/2000/svg";
const say = (text) => { document.getElementById("announcer").textContent = text; };
const number = (text) => Number(text.replace(",", "."));

function enhance(task) {
  const stage = task.querySelector("[data-stage]");
  const drawing = stage.querySelector("svg");
  const marks = drawing.querySelector("[data-marks]");
  const cross = drawing.querySelector("[data-cross]");
  const { width, height } = drawing.viewBox.baseVal;
  const most = Number(task.dataset.choose);
  const field = (axis, place) => task.querySelector(`input[name="${axis}-${place + 1}"]`);
  let points = [...Array(most).keys()]
    .map((place) => [number(field("x", place).value), number(field("y", place).value), field("x", place).value !== ""])
    .filter(([x, y, filled]) => filled && Number.isFinite(x) && Number.isFinite(y));
  let at = [50, 50];
  let judged = marks.childElementCount > 0; // what the server said of the last answer holds until the first change

  const shape = (name, attributes) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    return element;
  };
  const pixels = ([x, y]) => [(x * width) / 100, (y * height) / 100];

  function show() {
    for (let place = 0; place < most; place += 1) {
      const point = points[place];
      field("x", place).value = point ? String(point[0]) : "";
      field("y", place).value = point ? String(point[1]) : "";
    }
    if (!judged) {
      marks.replaceChildren(
        ...points.map((point, place) => {
          const [x, y] = pixels(point);
          const mark = shape("g", { class: "hotspot-mark" });
          const label = shape("text", { x, y, "font-size": width * 0.042, "text-anchor": "middle", "dominant-baseline": "central" });
          label.textContent = String(place + 1);
          mark.append(shape("circle", { cx: x, cy: y, r: width * 0.034 }), label);
          return mark;
        }),
      );
    }
    task.querySelector("[data-tools]").hidden = points.length === 0;
    cross.setAttribute("transform", `translate(${pixels(at).join(" ")})`);
  }

  function press(x, y) {
    judged = false;
    const near = points.findIndex(([px, py]) => Math.hypot(px - x, ((py - y) * height) / width) < REACH);
    if (near >= 0) {
      points = points.filter((_, place) => place !== near);
      say(task.dataset.taken);
    } else if (points.length >= most && most > 1) {
      say(task.dataset.full);
    } else {
      points = most === 1 ? [[x, y]] : [...points, [x, y]];
      say(task.dataset.put.replace("{number}", points.length));
    }
    show();
  }

  function back() {
    judged = false;
    points = points.slice(0, -1);
    say(task.dataset.taken);
    show();
  }

  stage.tabIndex = 0;
  stage.setAttribute("role", "application");
  stage.setAttribute("aria-label", stage.dataset.label);
  stage.setAttribute("aria-describedby", "hotspot-how");
  task.querySelector("[data-how]").hidden = false;
  task.querySelector("[data-places]").hidden = true;
  stage.addEventListener("click", (event) => {
    const box = drawing.getBoundingClientRect();
    const share = (value, start, whole) => Math.round(Math.min(Math.max((value - start) / whole, 0), 1) * 1000) / 10;
    at = [share(event.clientX, box.left, box.width), share(event.clientY, box.top, box.height)];
    press(...at);
  });
  stage.addEventListener("keydown", (event) => {
    const step = event.shiftKey ? FINE : COARSE;
    const way = { ArrowLeft: [-step, 0], ArrowRight: [step, 0], ArrowUp: [0, -step], ArrowDown: [0, step] }[event.key];
    if (way) {
      at = at.map((share, axis) => Math.min(Math.max(share + way[axis], 0), 100));
      say(task.dataset.at.replace("{x}", at[0]).replace("{y}", at[1]));
      show();
    } else if (event.key === "Enter" || event.key === " ") {
      press(...at);
    } else if (event.key === "Backspace" || event.key === "Delete") {
      back();
    } else {
      return;
    }
    event.preventDefault();
  });
  task.querySelector("[data-back]").addEventListener("click", () => {
    back();
    if (!points.length) stage.focus();
  });
  show();
}

const enhanceAll = (root) => root.querySelectorAll("[data-hotspot]").forEach(enhance);
enhanceAll(document);
document.addEventListener("city:task", (event) => enhanceAll(event.detail));
