/* Shows the same series with Cornerstone3D: a stack of files and the tools of a reader, nothing around it. */

import { Enums, RenderingEngine, init as initCore } from "@cornerstonejs/core";
import { init as initLoader } from "@cornerstonejs/dicom-image-loader";
import {
  AngleTool, EllipticalROITool, LengthTool, PanTool, RectangleROITool, StackScrollTool, ToolGroupManager, WindowLevelTool, ZoomTool,
  addTool, init as initTools,
} from "@cornerstonejs/tools";

const stage = document.getElementById("stage");
const count = Number(new URLSearchParams(location.search).get("count"));
await initCore();
await initLoader({ maxWebWorkers: 2 });
initTools();
const tools = [WindowLevelTool, PanTool, ZoomTool, StackScrollTool, LengthTool, AngleTool, RectangleROITool, EllipticalROITool];
const group = ToolGroupManager.createToolGroup("tools");
for (const tool of tools) {
  addTool(tool);
  group.addTool(tool.toolName);
}
group.setToolActive(WindowLevelTool.toolName, { bindings: [{ mouseButton: 1 }] });
const engine = new RenderingEngine("engine");
engine.enableElement({ viewportId: "stage", type: Enums.ViewportType.STACK, element: stage });
group.addViewport("stage", "engine");
const viewport = engine.getViewport("stage");
stage.addEventListener(Enums.Events.IMAGE_RENDERED, () => requestAnimationFrame(() => { window.painted ??= performance.now(); }));
const files = Array.from({ length: count }, (_, number) => `wadouri:${location.origin}/files/${number}.dcm`);
await viewport.setStack(files, Math.floor(count / 2));
viewport.render();
