import { css } from 'lit';

/** How the insights page lies. */
export const insightStyles = css`
  .controls,
  .alarms {
    display: flex;
    flex-wrap: wrap;
    align-items: end;
    gap: var(--spacingVerticalS) var(--spacingHorizontalL);
  }

  .controls label {
    display: grid;
    gap: var(--spacingVerticalXXS);
  }

  .spring {
    flex: 1;
  }

  .warning {
    inline-size: 100%;
  }

  .charts {
    display: grid;
    grid-template-columns: repeat(2, minmax(0, 1fr));
    gap: var(--spacingHorizontalL);
  }

  .counts {
    display: grid;
    grid-template-columns: repeat(auto-fit, minmax(8.5rem, 1fr));
    gap: var(--spacingVerticalM) var(--spacingHorizontalL);
    margin: 0;
  }

  dt {
    font-size: var(--fontSizeBase200);
    color: var(--colorNeutralForeground3);
  }

  dd {
    margin: 0;
    font-size: var(--fontSizeBase500);
    line-height: var(--lineHeightBase500);
    font-weight: var(--fontWeightSemibold);
    font-variant-numeric: tabular-nums;
  }

  .card h2 {
    padding-block-end: var(--spacingVerticalS);
  }

  .scroll {
    overflow-x: auto;
  }

  table {
    inline-size: 100%;
    border-collapse: collapse;
    font-variant-numeric: tabular-nums;
  }

  th,
  td {
    padding: var(--spacingVerticalSNudge) var(--spacingHorizontalS);
    text-align: start;
    vertical-align: baseline;
    border-block-end: 1px solid var(--colorNeutralStroke3);
  }

  thead th {
    font-weight: var(--fontWeightSemibold);
    white-space: nowrap;
  }

  tbody th {
    font-weight: inherit;
  }

  .number {
    text-align: end;
  }

  .empty {
    padding: var(--spacingHorizontalXXXL);
    text-align: center;
    color: var(--colorNeutralForeground2);
  }

  .alarms:empty {
    display: none;
  }

  @media (max-width: 900px) {
    .charts {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
