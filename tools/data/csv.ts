// Comma-separated values with quoted fields over several lines (RFC 4180), as records by the names in the first line. Pure.

export function readCsv(text: string): Record<string, string>[] {
  const [head = [], ...rows] = linesOf(text)
  return rows
    .filter((row) => row.length === head.length)
    .map((row) => Object.fromEntries(head.map((name, at) => [name, row[at] ?? ''])))
}

function linesOf(text: string): string[][] {
  const rows: string[][] = []
  let row: string[] = []
  for (let at = 0; at < text.length;) {
    let field = ''
    if (text[at] === '"') {
      at += 1
      for (;;) {
        const end = text.indexOf('"', at)
        if (end < 0) throw new Error('a quoted field does not end')
        field += text.slice(at, end)
        at = end + 1
        if (text[at] !== '"') break
        field += '"'
        at += 1
      }
    } else {
      const start = at
      while (at < text.length && text[at] !== ',' && text[at] !== '\n' && text[at] !== '\r') at += 1
      field = text.slice(start, at)
    }
    row.push(field)
    if (text[at] === ',') {
      at += 1
      if (at === text.length || text[at] === '\n') row.push('')
      if (at < text.length && text[at] !== '\n') continue
    }
    if (text[at] === '\r') at += 1
    at += 1
    rows.push(row)
    row = []
  }
  return rows
}
