/* Bundles entry.js and the worker that decodes; the codecs of compressed files stay files of their own. */

import { copyFile, mkdir } from "node:fs/promises";
import { createRequire } from "node:module";
import path from "node:path";
import { build } from "esbuild";

const require = createRequire(import.meta.url);
const codecs = {
  name: "codecs",
  setup(bundler) {
    bundler.onResolve({ filter: /^@cornerstonejs\/codec-.*wasm/ }, ({ path: name }) => ({ path: name, namespace: "codec" }));
    bundler.onLoad({ filter: /.*/, namespace: "codec" }, () => ({ contents: "export default ''" }));
    bundler.onResolve({ filter: /^xmlbuilder2$/ }, () => ({ path: "xmlbuilder2", namespace: "empty" }));
    bundler.onLoad({ filter: /.*/, namespace: "empty" }, () => ({ contents: "export const create = () => null" }));
  },
};
const loader = path.dirname(require.resolve("@cornerstonejs/dicom-image-loader/package.json"));
await mkdir("out", { recursive: true });
await build({
  entryPoints: { viewer: "entry.js", decodeImageFrameWorker: `${loader}/dist/esm/decodeImageFrameWorker.js` },
  bundle: true, minify: true, format: "esm", outdir: "out", plugins: [codecs], external: ["fs", "path", "module"],
  loader: { ".wasm": "file" }, logLevel: "error",
});
await copyFile("index.html", "out/index.html");
