// The "Connect" half: the address, examples in three languages, and buttons that copy.
import { find } from './page.ts'
import { type Language, snippet } from './snippets.ts'

const LANGUAGES: readonly Language[] = ['curl', 'python', 'javascript']
const COPIED_MS = 1600

export function connect(base: string, key: string): void {
  find('base', HTMLElement).textContent = base
  const code = find('code', HTMLElement)
  const panel = find('snippet', HTMLElement)
  const tabs = LANGUAGES.map((language) => find(`tab-${language}`, HTMLButtonElement))

  const select = (chosen: number): void => {
    for (const [index, tab] of tabs.entries()) {
      tab.setAttribute('aria-selected', String(index === chosen))
      tab.tabIndex = index === chosen ? 0 : -1
    }
    panel.setAttribute('aria-labelledby', tabs[chosen]?.id ?? '')
    code.textContent = snippet(LANGUAGES[chosen] ?? 'curl', base, key)
  }
  for (const [index, tab] of tabs.entries()) {
    tab.addEventListener('click', () => select(index))
    tab.addEventListener('keydown', (event) => {
      const step = event.key === 'ArrowRight' ? 1 : event.key === 'ArrowLeft' ? -1 : 0
      if (step === 0) return
      const next = (index + step + tabs.length) % tabs.length
      select(next)
      tabs[next]?.focus()
    })
  }
  select(0)
  for (const button of document.querySelectorAll<HTMLButtonElement>('button[data-copy]')) {
    button.addEventListener('click', () => void copy(button))
  }
}

async function copy(button: HTMLButtonElement): Promise<void> {
  const source = find(button.dataset['copy'] ?? '', HTMLElement)
  try {
    await navigator.clipboard.writeText(source.textContent ?? '')
    button.textContent = 'Copied'
  } catch {
    getSelection()?.selectAllChildren(source) // no clipboard without https: leave it selected
    button.textContent = 'Selected'
  }
  setTimeout(() => (button.textContent = 'Copy'), COPIED_MS)
}
