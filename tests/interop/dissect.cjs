// node dissect.cjs WIREGASM_FOLDER FILE: a JSON line per frame, {columns, labels}: what Wireshark's dissectors say of a
// capture. WIREGASM_FOLDER is where `npm install @goodtools/wiregasm` was run.
"use strict";
const fs = require("node:fs");
const path = require("node:path");
const { createRequire } = require("node:module");

const [folder, file] = process.argv.slice(2);
const load = createRequire(path.join(path.resolve(folder), "x.js"))("@goodtools/wiregasm/dist/wiregasm");
const dist = path.join(path.resolve(folder), "node_modules/@goodtools/wiregasm/dist");

function elements(vector) {
  return Array.from({ length: vector.size() }, (_, index) => vector.get(index));
}

function labels(node) {
  return [node.label, ...elements(node.tree).flatMap(labels)];
}

async function main() {
  const wireshark = await (load.default ?? load)({
    locateFile: (name) => path.join(dist, name),
    wasmBinary: fs.readFileSync(path.join(dist, "wiregasm.wasm")),
    handleStatus: () => {},
    print: () => {},
    printErr: () => {},
  });
  wireshark.init();
  wireshark.FS.writeFile("/uploads/capture", fs.readFileSync(file));
  const session = new wireshark.DissectSession("/uploads/capture");
  session.load();
  elements(session.getFrames("", 0, 0).frames).forEach((frame, index) => {
    const columns = elements(frame.columns);
    const found = elements(session.getFrame(index + 1).tree).flatMap(labels);
    console.log(JSON.stringify({ columns, labels: found }));
  });
}

main().catch((error) => {
  console.error(error);
  process.exitCode = 1;
});
