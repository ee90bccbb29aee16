import { css } from 'lit';

/** How high the curves are drawn, in pixels. */
export const plotHeightPx = 190;

/** How a chart lies: its totals, which are its legend too, the curves, and the numbers. */
export const chartStyles = css`
  :host {
    display: grid;
    gap: var(--spacingVerticalS);
    align-content: start;
    padding: var(--spacingHorizontalL);
    background: var(--colorNeutralBackground1);
    border: 1px solid var(--colorNeutralStroke2);
    border-radius: var(--borderRadiusLarge);
  }

  .small {
    font-size: var(--fontSizeBase200);
    color: var(--colorNeutralForeground3);
  }

  dl {
    display: flex;
    flex-wrap: wrap;
    gap: var(--spacingHorizontalS) var(--spacingHorizontalXL);
    margin: 0;
  }

  dt {
    display: flex;
    align-items: center;
    gap: var(--spacingHorizontalXS);
    font-size: var(--fontSizeBase200);
  }

  dd {
    margin: 0;
    font-size: var(--fontSizeBase400);
    font-weight: var(--fontWeightSemibold);
    font-variant-numeric: tabular-nums;
  }

  dt svg {
    inline-size: 1.75rem;
    block-size: 0.5rem;
    stroke-width: 2.5;
  }

  .p50 {
    stroke: var(--colorBrandForeground1);
  }

  .p95 {
    stroke: var(--colorPaletteDarkOrangeForeground1);
    stroke-dasharray: 8 4;
  }

  .p99 {
    stroke: var(--colorPaletteBerryForeground1);
    stroke-dasharray: 2 3;
  }

  .plot {
    min-inline-size: 0;
    block-size: ${plotHeightPx}px;
    overflow: hidden;
  }

  summary {
    cursor: pointer;
    inline-size: fit-content;
  }

  .scroll {
    max-block-size: 16rem;
    overflow: auto;
  }

  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }

  th,
  td {
    padding: var(--spacingVerticalXXS) var(--spacingHorizontalS);
    text-align: end;
    font-weight: inherit;
    border-block-end: 1px solid var(--colorNeutralStroke3);
  }

  th:first-child {
    text-align: start;
  }

  thead th {
    font-weight: var(--fontWeightSemibold);
  }
`;
