import { css } from 'lit';

/** How a field of a policy lies: what it is, and beside it, where there is room, its value and where that comes from. */
export const fieldStyles = css`
  :host {
    display: block;
  }

  .row {
    display: grid;
    grid-template-columns: minmax(0, 3fr) minmax(0, 4fr);
    gap: var(--spacingVerticalXS) var(--spacingHorizontalL);
    padding-block: var(--spacingVerticalS);
    border-block-start: 1px solid var(--colorNeutralStroke3);
  }

  label {
    display: block;
    font-weight: var(--fontWeightSemibold);
  }

  .entry,
  .source {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--spacingVerticalXS) var(--spacingHorizontalS);
  }

  .source {
    min-block-size: 1.5rem;
  }

  .set {
    font-weight: var(--fontWeightSemibold);
    color: var(--colorBrandForeground1);
  }

  .row:not(.own) :is(select, input, textarea) {
    color: var(--colorNeutralForeground3);
  }

  .own {
    box-shadow: inset 3px 0 0 var(--colorBrandStroke1);
    padding-inline-start: var(--spacingHorizontalM);
  }

  .own:dir(rtl) {
    box-shadow: inset -3px 0 0 var(--colorBrandStroke1);
  }

  .refusal {
    grid-column: 1 / -1;
  }

  @media (max-width: 640px) {
    .row {
      grid-template-columns: minmax(0, 1fr);
    }
  }
`;
