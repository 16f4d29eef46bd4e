// The page's colours for what is drawn on a canvas, which knows no CSS variables: as they are now, light or dark.
import { signal } from '@preact/signals'

const dark = matchMedia('(prefers-color-scheme: dark)')

/** Whoever draws with colours reads this, so as to draw again when they change. */
export const isDark = signal(dark.matches)
dark.addEventListener('change', () => {
  isDark.value = dark.matches
})

export type Colour = 'accent' | 'accent-wash' | 'soft' | 'faint' | 'line' | 'bad'

const opened = document.createElement('span')

/** As `rgb(...)`. */
export function colour(name: Colour): string {
  if (!opened.isConnected) {
    opened.hidden = true
    document.body.append(opened)
  }
  opened.style.color = `var(--${name})`
  return getComputedStyle(opened).color
}
