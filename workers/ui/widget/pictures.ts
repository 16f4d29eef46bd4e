// A picture that a visitor attaches: made small enough to be sent and kept, and shown without ever being a page's image.
import { make } from './element.ts'

/** The longer side of what is sent, of what is shown with the question, and before. */
const [MOST_PIXELS, SHOWN_PIXELS, PREVIEW_PIXELS] = [1_024, 512, 96]
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
    return { url: large.toDataURL('image/jpeg', 0.85), preview: drawn(bitmap, PREVIEW_PIXELS) }
  } catch {
    return undefined
  }
}

/** One that was sent; it appears once it is read. */
export function pictureOf(url: string, name: string): HTMLCanvasElement {
  const canvas = make('canvas', { role: 'img', 'aria-label': name })
  void appear(url, canvas)
  return canvas
}

async function appear(url: string, canvas: HTMLCanvasElement): Promise<void> {
  try {
    const bytes = Uint8Array.from(atob(url.slice(url.indexOf(',') + 1)), (letter) => letter.charCodeAt(0))
    drawn(await createImageBitmap(new Blob([bytes])), SHOWN_PIXELS, canvas)
  } catch {
    // what was kept is no picture any more: its place stays empty
  }
}

function drawn(bitmap: ImageBitmap, most: number, canvas = make('canvas')): HTMLCanvasElement {
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
