// node validate.js FILE...  Prints one Khronos validator report a line, as JSON.
"use strict";

const fs = require("fs");
const path = require("path");
const validator = require("gltf-validator");

async function report(file) {
  return validator.validateBytes(new Uint8Array(fs.readFileSync(file)), {
    uri: path.basename(file),
    maxIssues: 100,
    writeTimestamp: false,
    externalResourceFunction: async (uri) =>
      new Uint8Array(fs.readFileSync(path.resolve(path.dirname(file), decodeURIComponent(uri)))),
  });
}

(async () => {
  for (const file of process.argv.slice(2)) console.log(JSON.stringify(await report(file)));
})().catch((error) => {
  console.error(String(error));
  process.exitCode = 1;
});
