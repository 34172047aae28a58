/* Shades large frames on the graphics card: the stored words and the table are textures, and each pixel looks itself up. It
 * gives a canvas as `Painter.shaded` does; where there is no WebGL 2 the other way stays. */

import { tableOf } from "./lut.js";

const VERTEX = `#version 300 es
void main() { gl_Position = vec4(vec2(gl_VertexID & 1, gl_VertexID >> 1) * 4.0 - 1.0, 0.0, 1.0); }`;
const FRAGMENT = `#version 300 es
precision highp float; precision highp int; precision highp usampler2D;
uniform usampler2D words; uniform sampler2D table; uniform int rows; out vec4 shade;
void main() {
  ivec2 at = ivec2(gl_FragCoord.xy);
  uint word = texelFetch(words, ivec2(at.x, rows - 1 - at.y), 0).r;
  shade = vec4(texelFetch(table, ivec2(word & 255u, word >> 8u), 0).rgb, 1.0);
}`;

export class Card {
  /* Give one, or null where the browser or the card has no way for it. */
  static of() {
    const canvas = document.createElement("canvas");
    const gl = canvas.getContext("webgl2", { alpha: false, antialias: false, depth: false, preserveDrawingBuffer: true });
    if (!gl) return null;
    const card = new Card(canvas, gl);
    return card.isReady ? card : null;
  }

  constructor(canvas, gl) {
    Object.assign(this, { canvas, gl, most: gl.getParameter(gl.MAX_TEXTURE_SIZE) });
    const program = gl.createProgram();
    for (const [kind, source] of [[gl.VERTEX_SHADER, VERTEX], [gl.FRAGMENT_SHADER, FRAGMENT]]) {
      const shader = gl.createShader(kind);
      gl.shaderSource(shader, source);
      gl.compileShader(shader);
      gl.attachShader(program, shader);
    }
    gl.linkProgram(program);
    this.isReady = gl.getProgramParameter(program, gl.LINK_STATUS);
    if (!this.isReady) return;
    gl.useProgram(program);
    this.rows = gl.getUniformLocation(program, "rows");
    ["words", "table"].forEach((name, unit) => {
      gl.uniform1i(gl.getUniformLocation(program, name), unit);
      gl.activeTexture(gl.TEXTURE0 + unit);
      gl.bindTexture(gl.TEXTURE_2D, gl.createTexture());
      for (const way of [gl.TEXTURE_MIN_FILTER, gl.TEXTURE_MAG_FILTER]) gl.texParameteri(gl.TEXTURE_2D, way, gl.NEAREST);
    });
    gl.pixelStorei(gl.UNPACK_ALIGNMENT, 1);
  }

  takes({ stored, columns, rows }) {
    return stored?.BYTES_PER_ELEMENT === 2 && Math.max(columns, rows) <= this.most && !this.gl.isContextLost();
  }

  /* The frame crosses to the card once, and only the table with each new window. */
  shade(entry, grey) {
    const { gl, canvas } = this;
    const { stored, columns, rows } = entry;
    if (this.entry !== entry) {
      Object.assign(canvas, { width: columns, height: rows });
      gl.viewport(0, 0, columns, rows);
      gl.uniform1i(this.rows, rows);
      gl.activeTexture(gl.TEXTURE0);
      const words = new Uint16Array(stored.buffer, stored.byteOffset, stored.length);
      gl.texImage2D(gl.TEXTURE_2D, 0, gl.R16UI, columns, rows, 0, gl.RED_INTEGER, gl.UNSIGNED_SHORT, words);
      this.entry = entry;
    }
    gl.activeTexture(gl.TEXTURE1);
    const table = new Uint8Array(tableOf(entry, grey).buffer);
    gl.texImage2D(gl.TEXTURE_2D, 0, gl.RGBA, 256, 256, 0, gl.RGBA, gl.UNSIGNED_BYTE, table);
    gl.drawArrays(gl.TRIANGLES, 0, 3);
    return canvas;
  }
}
