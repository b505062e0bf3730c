"use strict";
const data = JSON.parse(document.getElementById("data").textContent);
const TYPES = { u8: Uint8Array, u16: Uint16Array };
const NONE = 65535, WORST_DB = -5, BEST_DB = 25, LEAST_MBPS = 0.1, MOST_MBPS = 100, MIDDLE = 0.45;
const PLASMA = [[13, 8, 135], [126, 3, 168], [204, 71, 120], [248, 149, 64], [240, 249, 33]];

const raw = {}, columns = {};
for (const [name, column] of Object.entries(data.columns)) {
  const bytes = Uint8Array.from(atob(column.data), (letter) => letter.charCodeAt(0));
  raw[name] = new TYPES[column.type](bytes.buffer);
  columns[name] = (place) => raw[name][place] * column.scale + column.offset;
}
const { cells, sites, grid, area, anomalies } = data;
const count = cells.length, frames = data.time.length, users = data.users.shown;
const byId = (id) => document.getElementById(id);
const [map, heat, sums] = ["map", "heat", "sums"].map(byId);
const slider = byId("time"), play = byId("play"), tip = byId("tip");
let frame = frames - 1, timer = null, theme = {};

const of = (name, cell, at = frame) => columns[name](at * count + cell);
const serves = (cell, at = frame) => raw.serves[at * count + cell] > 0;
const stateOf = (cell) => {
  const state = data.states[raw.state[frame * count + cell]];
  return state === "active" && !serves(cell) ? "out of service" : state;
};
const illNow = (cell) => anomalies.filter(
  (one) => one.cells.includes(cell) && one.start < data.time[frame] && data.time[frame] <= one.end);
const clamp = (value) => Math.min(Math.max(value, 0), 1);
const fixed = (value, digits = 1) => value.toFixed(digits);

function readTheme() {
  const style = getComputedStyle(document.documentElement);
  for (const name of ["page", "ink", "soft", "line", "asleep", "trouble", "idle", "blue", "green", "orange",
    "heat"]) theme[name] = style.getPropertyValue("--" + name).trim();
}

function sized(canvas, height) {
  const ratio = window.devicePixelRatio || 1, width = canvas.clientWidth;
  canvas.style.height = height + "px";
  canvas.width = Math.round(width * ratio);
  canvas.height = Math.round(height * ratio);
  const pen = canvas.getContext("2d");
  pen.setTransform(ratio, 0, 0, ratio, 0, 0);
  pen.clearRect(0, 0, width, height);
  pen.font = "11px system-ui, sans-serif";
  return pen;
}

/* ------------------------------------------------------------------------------------------------------ coverage */

const milliwatt = Float64Array.from({ length: 256 }, (_, value) => 10 ** ((value * data.columns.rsrp.scale
  + data.columns.rsrp.offset) / 10));
const noise = cells.map((cell) => 10 ** (cell.noise / 10));

/* Of every cell now: the share of its full power that it sends with, its PRB use, its users' noise, who is let in. */
let now = [];

function readCells() {
  now = cells.map((_, cell) => ({
    lost: of("lost_db", cell), power: serves(cell) ? 10 ** (-of("lost_db", cell) / 10) : 0, load: of("use", cell),
    noise: noise[cell] * 10 ** (of("noise_db", cell) / 10), open: serves(cell) && !raw.barred[frame * count + cell],
  }));
}

function servedAt(point) {
  let best = -1, most = -Infinity;
  const first = point * grid.k;
  for (let place = first; place < first + grid.k; place++) {
    const cell = raw.cell[place];
    if (cell === NONE || !now[cell].open) continue;
    const strength = columns.rsrp(place) - now[cell].lost + cells[cell].preference;
    if (strength > most) { most = strength; best = place; }
  }
  if (best < 0) return null;
  const cell = raw.cell[best];
  let disturbance = now[cell].noise;
  for (let place = first; place < first + grid.k; place++) {
    const other = raw.cell[place];
    if (place === best || other === NONE || cells[other].carrier !== cells[cell].carrier) continue;
    disturbance += now[other].load * now[other].power * milliwatt[raw.rsrp[place]];
  }
  const signal = milliwatt[raw.rsrp[best]] * now[cell].power;
  return { cell, rsrp: columns.rsrp(best) - now[cell].lost, sinr: 10 * Math.log10(signal / disturbance) };
}

const SHADES = 40;
const shades = cells.map((cell) => Array.from({ length: SHADES }, (_, step) => {
  const bright = step / (SHADES - 1);
  return rgb(cell.hue, 0.33 + 0.15 * bright, 0.27 + 0.60 * bright);
}));

function rgb(hue, saturation, light) {
  const reach = saturation * Math.min(light, 1 - light);
  return [0, 8, 4].map((part) => {
    const place = (part + hue / 30) % 12;
    return Math.round(255 * (light - reach * Math.max(-1, Math.min(place - 3, 9 - place, 1))));
  });
}

const ground = document.createElement("canvas");
ground.width = grid.nx;
ground.height = grid.ny;

function paintGround() {
  const pen = ground.getContext("2d"), image = pen.createImageData(grid.nx, grid.ny);
  for (let row = 0; row < grid.ny; row++) for (let column = 0; column < grid.nx; column++) {
    const found = servedAt(row * grid.nx + column);
    const bright = found && Math.round(clamp((found.sinr - WORST_DB) / (BEST_DB - WORST_DB)) * (SHADES - 1));
    const colour = found ? shades[found.cell][bright] : [60, 60, 60];
    image.data.set([...colour, 255], 4 * ((grid.ny - 1 - row) * grid.nx + column));
  }
  pen.putImageData(image, 0, 0);
}

/* ----------------------------------------------------------------------------------------------------------- map */

const [west, south, east, north] = area;
let scale = 1, left = 0, top_ = 0;
const toX = (x) => left + (x - west) * scale, toY = (y) => top_ + (north - y) * scale;

function userColour(mbps) {
  const place = clamp(Math.log(Math.max(mbps, 1e-9) / LEAST_MBPS) / Math.log(MOST_MBPS / LEAST_MBPS)) * 4;
  const step = Math.min(Math.floor(place), 3), part = place - step;
  return `rgb(${PLASMA[step].map((low, one) => Math.round(low + part * (PLASMA[step + 1][one] - low))).join()})`;
}

function wedge(pen, cell, from, to) {
  const turn = -Math.PI / 180, start = cell.start * turn, end = (cell.start + cell.width) * turn;
  const site = sites[cell.site], x = toX(site.x), y = toY(site.y);
  pen.beginPath();
  pen.arc(x, y, to, start, end, true);
  pen.arc(x, y, from, end, start, false);
  pen.closePath();
}

const reach = () => Math.max(data.radius * scale, 7);

function paintMap() {
  const width = map.clientWidth, height = Math.max(260, Math.min(820, width * (north - south) / (east - west)));
  const pen = sized(map, height);
  scale = Math.min(width / (east - west), height / (north - south));
  left = (width - (east - west) * scale) / 2;
  top_ = (height - (north - south) * scale) / 2;
  paintGround();
  pen.imageSmoothingEnabled = true;
  pen.drawImage(ground, left, top_, (east - west) * scale, (north - south) * scale);
  const outer = reach(), inner = MIDDLE * outer;
  cells.forEach((cell, number) => {
    wedge(pen, cell, inner, outer);
    pen.fillStyle = serves(number) ? "rgba(255, 255, 255, .8)" : theme.asleep;
    pen.fill();
    wedge(pen, cell, inner, inner + (outer - inner) * of("use", number));
    pen.fillStyle = "#1d2433";
    pen.fill();
    const ill = illNow(number).length > 0;
    wedge(pen, cell, inner, outer);
    pen.lineWidth = ill ? 3 : 1;
    pen.strokeStyle = ill ? theme.trouble : "#1d2433";
    pen.stroke();
  });
  paintUsers(pen);
  paintSites(pen);
  paintRuler(pen, height);
}

function paintUsers(pen) {
  pen.strokeStyle = "white";
  pen.lineWidth = 1;
  for (const busy of [false, true]) for (let user = 0; user < users; user++) {
    const at = frame * users + user;
    if ((raw.serving[at] !== NONE) !== busy) continue;
    pen.beginPath();
    pen.arc(toX(columns.x(at)), toY(columns.y(at)), busy ? 4.5 : 3, 0, 2 * Math.PI);
    pen.fillStyle = busy ? userColour(columns.user_mbps(at)) : theme.idle;
    pen.fill();
    pen.stroke();
  }
}

function paintSites(pen) {
  pen.textAlign = "center";
  pen.textBaseline = "middle";
  pen.font = "600 10.5px system-ui, sans-serif";
  for (const site of sites) {
    const x = toX(site.x), y = toY(site.y);
    if (reach() * MIDDLE < 13) {
      pen.beginPath();
      pen.arc(x, y, 2.5, 0, 2 * Math.PI);
      pen.fillStyle = "#1d2433";
      pen.fill();
      continue;
    }
    pen.lineWidth = 3;
    pen.strokeStyle = "white";
    pen.strokeText(site.name, x, y);
    pen.fillStyle = "#1d2433";
    pen.fillText(site.name, x, y);
  }
}

function paintRuler(pen, height) {
  const wanted = 120 / scale, power = 10 ** Math.floor(Math.log10(wanted));
  const metres = [5, 2, 1].map((one) => one * power).find((one) => one <= wanted), length = metres * scale;
  const label = metres < 1000 ? `${metres} m` : `${metres / 1000} km`;
  const at = left + 16;
  pen.fillStyle = "rgba(255, 255, 255, .85)";
  pen.fillRect(at - 8, height - 30, length + 16, 24);
  pen.fillStyle = "#1d2433";
  pen.fillRect(at, height - 12, length, 2);
  pen.textAlign = "center";
  pen.textBaseline = "alphabetic";
  pen.font = "11px system-ui, sans-serif";
  pen.fillText(label, at + length / 2, height - 16);
}

/* -------------------------------------------------------------------------------------------------------- course */

const GUTTER = 96, TOP = 14, SUM_HEIGHT = 92, SUM_GAP = 14, AXIS = 30;
const span = data.time[frames - 1];
const timeX = (canvas, time) => GUTTER + time / span * (canvas.clientWidth - GUTTER - 8);
const startOf = (at) => at ? data.time[at - 1] : 0;

function timeAxis(pen, canvas, y) {
  const wanted = span / 10, power = 10 ** Math.floor(Math.log10(wanted));
  const step = [1, 2, 5, 10].map((one) => one * power).find((one) => one >= wanted);
  pen.fillStyle = theme.soft;
  pen.textAlign = "center";
  pen.textBaseline = "top";
  for (let time = 0; time <= span * 1.0001; time += step) {
    const last = time > span * 0.97;
    pen.textAlign = last ? "right" : "center";
    pen.fillText(`${Number(time.toPrecision(6))} s`, timeX(canvas, time), y);
  }
}

const rowHeight = () => Math.max(1, Math.min(16, 520 / count));

function paintHeat() {
  const row = rowHeight(), height = TOP + row * count;
  const pen = sized(heat, height + AXIS - 10);
  for (let cell = 0; cell < count; cell++) for (let at = 0; at < frames; at++) {
    const x = timeX(heat, startOf(at));
    pen.fillStyle = serves(cell, at) ? `rgba(${theme.heat}, ${0.04 + 0.96 * of("use", cell, at)})` : theme.asleep;
    pen.fillRect(x, TOP + cell * row, timeX(heat, data.time[at]) - x + 0.4, row - (row > 6 ? 1 : 0));
  }
  pen.textAlign = "right";
  pen.textBaseline = "middle";
  pen.fillStyle = theme.soft;
  const every = Math.ceil(12 / row);
  for (let cell = 0; cell < count; cell += every) pen.fillText(cells[cell].title, GUTTER - 6, TOP + (cell + 0.5) * row);
  for (const one of anomalies) {
    const x = timeX(heat, one.start), y = TOP + Math.min(...one.cells) * row;
    const width = timeX(heat, Math.min(one.end, span)) - x;
    if (width <= 0) continue;
    pen.strokeStyle = theme.trouble;
    pen.lineWidth = 2;
    pen.strokeRect(x, y, width, one.cells.length * row);
    pen.textAlign = "left";
    pen.textBaseline = "alphabetic";
    const text = pen.measureText(one.kind).width + 8;
    const label = Math.min(x, heat.clientWidth - text - 2), line = y - 14;
    pen.fillStyle = theme.trouble;
    pen.fillRect(label - 1, line, text, 14);
    pen.fillStyle = theme.page;
    pen.fillText(one.kind, label + 3, line + 11);
  }
  byId("now").style.height = `${height}px`;
  timeAxis(pen, heat, height + 5);
}

const SUMS = [["mbps", "Throughput", "Mbit/s", 1, "blue"], ["connected", "Connected users", "", 1, "green"],
  ["power_w", "Power", "kW", 1000, "orange"]];
const totals = SUMS.map(([name, , , unit]) => data.time.map((_, at) => {
  let sum = 0;
  for (let cell = 0; cell < count; cell++) sum += of(name, cell, at);
  return sum / unit;
}));

function paintSums() {
  const height = SUMS.length * (SUM_HEIGHT + SUM_GAP), pen = sized(sums, height + AXIS - 10);
  SUMS.forEach(([, title, unit, , colour], number) => {
    const floor = (number + 1) * (SUM_HEIGHT + SUM_GAP) - SUM_GAP / 2, values = totals[number];
    const most = Math.max(...values, 1e-9) * 1.1, y = (value) => floor - value / most * (SUM_HEIGHT - 18);
    pen.strokeStyle = theme.line;
    pen.lineWidth = 1;
    for (const part of [0, 0.5, 1]) {
      pen.strokeRect(GUTTER, Math.round(y(most * part / 1.1)) + 0.5, sums.clientWidth - GUTTER - 8, 0);
      pen.textAlign = "right";
      pen.textBaseline = "middle";
      pen.fillStyle = theme.soft;
      pen.fillText(short(most * part / 1.1), GUTTER - 6, y(most * part / 1.1));
    }
    pen.beginPath();
    values.forEach((value, at) => pen.lineTo(timeX(sums, data.time[at]), y(value)));
    pen.strokeStyle = theme[colour];
    pen.lineWidth = 1.8;
    pen.stroke();
    pen.textAlign = "left";
    pen.textBaseline = "top";
    pen.fillStyle = theme[colour];
    pen.font = "600 12px system-ui, sans-serif";
    pen.fillText(`${title}: ${short(values[frame])} ${unit}`, GUTTER + 4, floor - SUM_HEIGHT - 1);
    pen.font = "11px system-ui, sans-serif";
  });
  pen.fillStyle = theme.ink;
  pen.fillRect(timeX(sums, data.time[frame]) - 1, 0, 1.5, height);
  timeAxis(pen, sums, height + 5);
}

const short = (value) => value >= 100 || Number.isInteger(value) ? value.toFixed(0) : value.toPrecision(3);

/* --------------------------------------------------------------------------------------------------------- table */

const rows = cells.map((cell) => {
  const row = byId("cells").insertRow();
  for (let column = 0; column < 6; column++) row.insertCell();
  row.cells[0].textContent = cell.title;
  return row;
});

function fillTable() {
  rows.forEach((row, cell) => {
    const use = 100 * of("use", cell), ill = illNow(cell);
    row.className = (serves(cell) ? "" : "out ") + (ill.length ? "ill" : "");
    row.title = ill.map((one) => one.kind).join(", ");
    row.style.setProperty("--use", `${use}%`);
    [stateOf(cell), fixed(use), of("connected", cell).toFixed(0), fixed(of("mbps", cell)), of("power_w", cell).toFixed(0)]
      .forEach((text, column) => { row.cells[column + 1].textContent = text; });
  });
}

/* ----------------------------------------------------------------------------------------------------- behaviour */

function show(at) {
  frame = Math.max(0, Math.min(frames - 1, at));
  readCells();
  slider.value = frame;
  byId("clock").textContent = `${fixed(data.time[frame])} of ${fixed(span)} s`;
  paintMap();
  byId("now").style.left = `${timeX(heat, data.time[frame]) - 1}px`;
  paintSums();
  fillTable();
}

function repaint() {
  readTheme();
  paintHeat();
  show(frame);
}

function stop() {
  cancelAnimationFrame(timer);
  timer = null;
  play.textContent = "Play";
}

function start() {
  if (frame === frames - 1) show(0);
  let before = performance.now(), clock = data.time[frame];
  play.textContent = "Pause";
  const next = (at) => {
    clock += (at - before) / 1000 * Number(byId("speed").value);
    before = at;
    let place = frame;
    while (place < frames - 1 && data.time[place + 1] <= clock) place++;
    if (place !== frame) show(place);
    if (place === frames - 1) stop(); else timer = requestAnimationFrame(next);
  };
  timer = requestAnimationFrame(next);
}

function seek(event) {
  const part = (event.offsetX - GUTTER) / (event.target.clientWidth - GUTTER - 8) * span;
  const at = data.time.findIndex((time) => time >= part);
  show(at < 0 ? frames - 1 : at);
}

function describe(x, y) {
  let nearest = -1, least = 64;
  for (let user = 0; user < users; user++) {
    const at = frame * users + user, away = (toX(columns.x(at)) - x) ** 2 + (toY(columns.y(at)) - y) ** 2;
    if (away < least) { least = away; nearest = user; }
  }
  if (nearest >= 0) {
    const at = frame * users + nearest, cell = raw.serving[at];
    return cell === NONE ? `user ${nearest * data.users.apart}: idle`
      : `user ${nearest * data.users.apart} in ${cells[cell].title}\n${fixed(columns.user_mbps(at), 2)} Mbit/s`;
  }
  const under = cells.findIndex((cell) => {
    const away = [x - toX(sites[cell.site].x), toY(sites[cell.site].y) - y], far = Math.hypot(...away);
    const angle = (Math.atan2(away[1], away[0]) * 180 / Math.PI - cell.start + 1080) % 360;
    return far >= MIDDLE * reach() && far <= reach() && angle <= cell.width;
  });
  if (under >= 0) {
    const ill = illNow(under).map((one) => `\nanomaly: ${one.kind}`).join("");
    return `${cells[under].title}: ${stateOf(under)}\n${fixed(100 * of("use", under))} % PRB · `
      + `${of("connected", under)} connected\n${fixed(of("mbps", under))} Mbit/s · ${of("power_w", under).toFixed(0)} W${ill}`;
  }
  const column = Math.floor((x - left) / scale / (east - west) * grid.nx);
  const row = Math.floor((north - south - (y - top_) / scale) / (north - south) * grid.ny);
  if (column < 0 || row < 0 || column >= grid.nx || row >= grid.ny) return "";
  const found = servedAt(row * grid.nx + column);
  return found ? `best server ${cells[found.cell].title}\nRSRP ${fixed(found.rsrp, 0)} dBm · SINR ${fixed(found.sinr, 0)} dB`
    : "no coverage";
}

function point(event, text) {
  tip.hidden = !text;
  tip.textContent = text;
  tip.style.left = `${Math.min(event.clientX + 14, window.innerWidth - tip.offsetWidth - 8)}px`;
  tip.style.top = `${Math.min(event.clientY + 14, window.innerHeight - tip.offsetHeight - 8)}px`;
}

function describeHeat(event) {
  const cell = Math.floor((event.offsetY - TOP) / rowHeight());
  const time = (event.offsetX - GUTTER) / (heat.clientWidth - GUTTER - 8) * span;
  const at = data.time.findIndex((one) => one >= time);
  if (cell < 0 || cell >= count || time < 0 || at < 0) return "";
  const ill = anomalies.filter((one) => one.cells.includes(cell) && one.start < data.time[at] && data.time[at] <= one.end);
  return `${cells[cell].title} at ${fixed(data.time[at])} s\n${fixed(100 * of("use", cell, at))} % PRB`
    + ill.map((one) => `\nanomaly: ${one.kind}`).join("");
}

slider.max = frames - 1;
slider.addEventListener("input", () => { stop(); show(Number(slider.value)); });
play.addEventListener("click", () => timer === null ? start() : stop());
for (const canvas of [heat, sums]) canvas.addEventListener("click", (event) => { stop(); seek(event); });
map.addEventListener("mousemove", (event) => point(event, describe(event.offsetX, event.offsetY)));
heat.addEventListener("mousemove", (event) => point(event, describeHeat(event)));
for (const canvas of [map, heat]) canvas.addEventListener("mouseleave", () => { tip.hidden = true; });
window.addEventListener("resize", repaint);
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", repaint);
if (data.users.apart > 1) byId("sampled").textContent = `shown: ${users} of ${data.users.all} users`;
repaint();
