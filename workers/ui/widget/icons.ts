// The widget's pictures, as strokes on 24 by 24, drawn for it. Each a constant, so that only those go out that are used.

export const chat =
  'M5 4.5h14a2 2 0 0 1 2 2v8a2 2 0 0 1-2 2h-7l-5 4v-4H5a2 2 0 0 1-2-2v-8a2 2 0 0 1 2-2ZM8 9h8M8 12.5h5'
export const close = 'm6 9.5 6 6 6-6'
export const bigger = 'M14 4h6v6M20 4l-7 7M10 20H4v-6M4 20l7-7'
export const smaller = 'M20 10h-6V4M14 10l6-6M4 14h6v6M10 14l-6 6'
export const full = 'M4 9V4h5M15 4h5v5M20 15v5h-5M9 20H4v-5'
export const notFull = 'M9 4v5H4M20 9h-5V4M15 20v-5h5M4 15h5v5'
export const past = 'M3.5 12a8.5 8.5 0 1 0 2.8-6.3M3.5 4v4h4M12 7.5V12l3 2'
export const back = 'M15 5l-7 7 7 7'
export const fresh = 'M12 5v14M5 12h14'
export const person = 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8ZM4.5 20.5c.8-3.7 3.8-5.5 7.5-5.5s6.7 1.8 7.5 5.5'
export const send = 'M12 19.5V5M5.5 11 12 4.5l6.5 6.5'
export const stop = 'M7 7h10v10H7z'
export const attach = 'M4 5h16v14H4zM4 16l4.5-4.5 4 4L15 13l5 5M15.5 9.2v.1'
export const copy = 'M9 9h11v11H9zM5 15H4V4h11v1'
export const done = 'm5 12.5 4.5 4.5L19 7'
export const again = 'M20 12a8 8 0 1 1-2.5-5.8M20 3.5v4h-4'
export const edit = 'M4 20l1-4L16.5 4.5l3 3L8 19l-4 1Z'
export const good =
  'M7 11v9H4v-9zM7 11l4-7c1.5 0 2.5 1 2.5 2.5L13 10h6a1.5 1.5 0 0 1 1.5 1.8l-1.3 7A1.5 1.5 0 0 1 17.7 20H7'
export const bad =
  'M7 13V4H4v9zM7 13l4 7c1.5 0 2.5-1 2.5-2.5L13 14h6a1.5 1.5 0 0 0 1.5-1.8l-1.3-7A1.5 1.5 0 0 0 17.7 4H7'
export const erase = 'M5 7h14M10 7V4.5h4V7M6.5 7l1 13h9l1-13M10.5 11v5M13.5 11v5'
export const down = 'M12 5v14M6 13l6 6 6-6'
export const cross = 'M6 6l12 12M18 6 6 18'
