// The frame around every page: who is signed in, where one can go, and the page that was asked for.
import type { JSX } from 'preact'
import { useEffect, useRef } from 'preact/hooks'
import { Brand } from './brand.tsx'
import { lookAtSession, signOut, standing } from './call.ts'
import { KeysPage } from './keys.tsx'
import { ModelsPage } from './models.tsx'
import { Trouble, Waiting } from './notice.tsx'
import { Overview } from './overview.tsx'
import { linkTo, type Page, PAGES } from './address.ts'
import { place } from './place.ts'
import { Playground } from './playground.tsx'
import { RequestPage } from './request.tsx'
import { RequestsPage } from './requests.tsx'
import { RoutesPage } from './routes.tsx'
import { SignIn } from './sign-in.tsx'

const TITLES: Readonly<Record<Page, string>> = {
  overview: 'Overview',
  requests: 'Requests',
  keys: 'Keys and budgets',
  models: 'Models',
  routes: 'Routes',
  playground: 'Playground',
}

export function Dashboard(): JSX.Element {
  useEffect(() => void lookAtSession(), [])
  const now = standing.value
  switch (now.state) {
    case 'unknown':
      return <Waiting what="the dashboard" />
    case 'closed':
      return (
        <main class="door">
          <Brand />
          <h1>Not to be reached</h1>
          <Trouble message={now.because} retry={() => void lookAtSession()} />
        </main>
      )
    case 'out':
      return <SignIn because={now.because} />
    case 'in':
      return <Frame />
  }
}

function Frame(): JSX.Element {
  const { page, id } = place.value
  const heading = useRef<HTMLHeadingElement>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    document.title = `${TITLES[page]} · Minnow`
    if (!isFirst.current) heading.current?.focus() // so that a screen reader says where one has come
    isFirst.current = false
    scrollTo(0, 0)
    showInBar()
  }, [page, id])
  return (
    <>
      <a class="skip" href="#content" onClick={(event) => skip(event, heading.current)}>
        Skip to the page
      </a>
      <div class="frame">
        <header class="side">
          <a class="home" href={linkTo('overview')}>
            <Brand />
          </a>
          <nav aria-label="Pages">
            <ul class="pages">
              {PAGES.map((name) => (
                <li key={name}>
                  <a href={linkTo(name)} aria-current={name === page ? 'page' : undefined}>
                    {TITLES[name]}
                  </a>
                </li>
              ))}
            </ul>
          </nav>
          <div class="side-end">
            <a class="quiet" href="/start">
              Connect a client
            </a>
            <button type="button" class="quiet" onClick={() => void signOut()}>
              Sign out
            </button>
          </div>
        </header>
        <main id="content" class="content">
          <h1 ref={heading} tabIndex={-1}>
            {id === undefined || page !== 'requests' ? TITLES[page] : 'Request'}
          </h1>
          <Content page={page} id={id} />
        </main>
      </div>
    </>
  )
}

/** On a narrow screen the bar of pages is wider than it: the one that one is on is moved into sight. */
function showInBar(): void {
  const link = document.querySelector<HTMLElement>('.pages [aria-current]')
  const bar = link?.closest('nav')
  if (link !== null && bar !== null && bar !== undefined)
    bar.scrollLeft = link.offsetLeft - bar.clientWidth / 3
}

/** The fragment says which page one is on, so the browser cannot jump by it. */
function skip(event: Event, heading: HTMLElement | null): void {
  event.preventDefault()
  heading?.focus()
}

function Content({ page, id }: { readonly page: Page; readonly id: string | undefined }): JSX.Element {
  switch (page) {
    case 'overview':
      return <Overview />
    case 'requests':
      return id === undefined ? <RequestsPage /> : <RequestPage id={id} />
    case 'keys':
      return <KeysPage />
    case 'models':
      return <ModelsPage chosen={id} />
    case 'routes':
      return <RoutesPage />
    case 'playground':
      return <Playground />
  }
}
