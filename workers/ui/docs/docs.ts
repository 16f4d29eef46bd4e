// The API reference at /docs: the renderer that the build put beside this page, over the gateway's own document.
// Nothing comes from elsewhere, and what is tried out goes to this gateway alone. Light or dark as the system is.
import './docs.css'

interface Renderer {
  (options: Readonly<Record<string, unknown>>): unknown
}

const rendererIn = (page: object): Renderer | undefined => {
  const found: unknown = Reflect.get(page, 'SwaggerUIBundle')
  return typeof found === 'function' ? (found as Renderer) : undefined
}

function show(place: HTMLElement): void {
  const render = rendererIn(window)
  if (render === undefined) {
    place.textContent = 'The reference could not be drawn here; the same in writing is at /openapi.json.'
    return
  }
  render({
    url: '/openapi.json',
    domNode: place,
    deepLinking: true,
    docExpansion: 'list',
    defaultModelsExpandDepth: 0,
    defaultModelExpandDepth: 2,
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false, // a key stays in this page's memory
    requestSnippetsEnabled: true,
    supportedSubmitMethods: ['get', 'post', 'put', 'patch', 'delete'],
    syntaxHighlight: { activated: true, theme: 'idea' },
    tryItOutEnabled: false,
    validatorUrl: null, // by default it asks a server of its makers
  })
}

const night = matchMedia('(prefers-color-scheme: dark)')
/** The renderer's own name for its dark clothes. */
const dress = (): void => void document.documentElement.classList.toggle('dark-mode', night.matches)
dress()
night.addEventListener('change', dress)

const place = document.querySelector<HTMLElement>('#reference')
if (place !== null) show(place)
