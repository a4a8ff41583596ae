/** The modes in the order of their keys: 1 is the first. */
export const MODES = [
  { name: "shaded", label: "Shaded", title: "Shaded (1)" },
  { name: "wire", label: "Wire", title: "Wire on shaded (2)" },
  { name: "normals", label: "Normals", title: "Normals: where the surface faces (3)" },
  { name: "uv", label: "UV", title: "UV checker: how textures lie (4)" },
  { name: "parts", label: "Parts", title: "Parts, a colour each (5)" },
  { name: "skeleton", label: "Skeleton", title: "Skeleton, and what it bends (6)" },
  { name: "plain", label: "Untextured", title: "Textures off (7)" },
];
