// Diagrams are compact, so that their text can be read at the width of a page. On a phone they keep their size and scroll: main.css.
const natural = { useMaxWidth: false }
export default {
  mermaid: {
    themeVariables: { fontSize: '13px' },
    flowchart: { ...natural, nodeSpacing: 25, rankSpacing: 30, padding: 8 },
    sequence: natural,
    state: natural,
  },
}
