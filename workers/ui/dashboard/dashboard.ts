// The dashboard: what an operator sees of spend, quality and health, and where keys, prices and routes are looked after.
import './language.ts'
import { h, render } from 'preact'
import 'uplot/dist/uPlot.min.css'
import './dashboard.css'
import { Dashboard } from './shell.tsx'

const root = document.getElementById('dashboard')
if (root === null) throw new Error('the page has no place for the dashboard')
render(h(Dashboard, {}), root)
