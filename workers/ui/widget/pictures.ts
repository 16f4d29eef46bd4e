// A picture that a visitor attaches: made small enough to be sent and kept, without ever being a page's image.

/** The longer side of what is sent. */
const MOST_PIXELS = 1_024
const MOST_BYTES = 20 * 1024 * 1024

export interface Picture {
  /** A data address, for the model. */
  readonly url: string
  /** For the eye; a canvas, since a strict policy of the page lets no image in. */
  readonly preview: HTMLCanvasElement
}

/** Undefined for what is no picture that the browser can read. */
export async function readPicture(file: Blob): Promise<Picture | undefined> {
  if (file.size > MOST_BYTES) return undefined
  try {
    const bitmap = await createImageBitmap(file)
    const large = drawn(bitmap, MOST_PIXELS)
    return { url: large.toDataURL('image/jpeg', 0.85), preview: drawn(bitmap, 96) }
  } catch {
    return undefined
  }
}

function drawn(bitmap: ImageBitmap, most: number): HTMLCanvasElement {
  const canvas = document.createElement('canvas')
  const scale = Math.min(1, most / Math.max(bitmap.width, bitmap.height))
  canvas.width = Math.max(1, Math.round(bitmap.width * scale))
  canvas.height = Math.max(1, Math.round(bitmap.height * scale))
  const context = canvas.getContext('2d')
  if (context === null) throw new Error('no canvas')
  context.fillStyle = '#fff' // what a transparent picture stands on
  context.fillRect(0, 0, canvas.width, canvas.height)
  context.drawImage(bitmap, 0, 0, canvas.width, canvas.height)
  return canvas
}
