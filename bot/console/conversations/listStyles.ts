import { css } from 'lit';
import { rowHeight } from './listItem.ts';

/** The look of the list of conversations. */
export const listStyles = css`
  :host {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    background: var(--colorNeutralBackground1);
  }

  .filters {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--spacingHorizontalXS);
    padding: var(--spacingVerticalS) var(--spacingHorizontalM);
    border-block-end: 1px solid var(--colorNeutralStroke2);
  }

  .filters h2 {
    flex: 1;
  }

  .filters [role='group'] {
    flex-basis: 100%;
    display: flex;
    flex-wrap: wrap;
    gap: var(--spacingHorizontalXS);
  }

  .filters button {
    font: inherit;
    color: var(--colorNeutralForeground2);
    background: transparent;
    border: 1px solid var(--colorNeutralStroke1);
    border-radius: var(--borderRadiusCircular);
    padding: var(--spacingVerticalXXS) var(--spacingHorizontalM);
    cursor: pointer;
  }

  .filters button:hover {
    background: var(--colorNeutralBackground1Hover);
  }

  .filters button[aria-pressed='true'] {
    background: var(--colorBrandBackground2);
    border-color: var(--colorBrandStroke1);
    color: var(--colorBrandForeground2);
    font-weight: var(--fontWeightSemibold);
  }

  .filters .number {
    margin-inline-start: var(--spacingHorizontalXXS);
    padding-inline: var(--spacingHorizontalXS);
    border-radius: var(--borderRadiusCircular);
    background: var(--colorStatusWarningBackground1);
    color: var(--colorStatusWarningForeground2);
    font-weight: var(--fontWeightSemibold);
  }

  .scroller {
    flex: 1;
    min-block-size: 0;
    overflow: auto;
    overflow-anchor: none;
    contain: strict;
  }

  .scroller:focus-visible {
    outline-offset: -2px;
  }

  .space {
    position: relative;
    contain: strict;
  }

  .row {
    position: absolute;
    inset-inline: 0;
    inset-block-start: 0;
    block-size: ${rowHeight}px;
    display: grid;
    grid-template-columns: 1fr auto;
    align-content: center;
    gap: var(--spacingVerticalXXS) var(--spacingHorizontalS);
    padding-inline: var(--spacingHorizontalM);
    border-inline-start: 3px solid transparent;
    border-block-end: 1px solid var(--colorNeutralStroke3);
    cursor: pointer;
    contain: strict;
  }

  .row > * {
    min-inline-size: 0;
  }

  .row:hover {
    background: var(--colorNeutralBackground1Hover);
  }

  .row[aria-selected='true'] {
    background: var(--colorNeutralBackground1Selected);
    border-inline-start-color: var(--colorBrandStroke1);
  }

  .scroller:focus-visible .row.active {
    outline: 2px solid var(--colorStrokeFocus2);
    outline-offset: -2px;
  }

  .who,
  .facts {
    display: flex;
    align-items: baseline;
    gap: var(--spacingHorizontalS);
    overflow: hidden;
    white-space: nowrap;
  }

  .facts,
  .end {
    font-size: var(--fontSizeBase200);
  }

  .end {
    text-align: end;
    justify-self: end;
  }

  .cut {
    min-inline-size: 0;
    overflow: hidden;
    text-overflow: ellipsis;
    white-space: nowrap;
  }

  .said {
    /* What stands in it is as wide as its text: one in another direction begins where the others do, and is cut at its end. */
    display: flex;
    align-items: center;
    color: var(--colorNeutralForeground2);
  }

  .said.typing {
    color: var(--colorBrandForeground2);
    font-style: italic;
  }

  .ours {
    display: inline-flex;
    flex-shrink: 0;
    color: var(--colorNeutralForeground3);
  }

  .ours svg {
    inline-size: 1.1em;
    block-size: 1.1em;
    margin-inline-end: var(--spacingHorizontalXXS);
  }

  .longest {
    color: var(--colorStatusWarningForeground2);
    font-weight: var(--fontWeightSemibold);
  }

  .strong {
    font-weight: var(--fontWeightSemibold);
    color: var(--colorNeutralForeground1);
  }

  .faint {
    color: var(--colorNeutralForeground3);
    font-size: var(--fontSizeBase200);
  }

  .count {
    display: inline-block;
    min-inline-size: 1.25rem;
    padding-inline: var(--spacingHorizontalXS);
    border-radius: var(--borderRadiusCircular);
    background: var(--colorBrandBackground);
    color: var(--colorNeutralForegroundOnBrand);
    text-align: center;
    font-weight: var(--fontWeightSemibold);
  }

  .note {
    display: grid;
    justify-items: center;
    gap: var(--spacingVerticalM);
    padding: var(--spacingVerticalXXXL) var(--spacingHorizontalL);
    color: var(--colorNeutralForeground3);
    text-align: center;
  }
`;
