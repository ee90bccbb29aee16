import { css } from 'lit';

/** The look of an open conversation. */
export const conversationStyles = css`
  :host {
    display: grid;
    grid-template-columns: minmax(0, 1fr) auto;
    grid-template-rows: minmax(0, 1fr);
    position: relative;
    min-block-size: 0;
    min-inline-size: 0;
    background: var(--colorNeutralBackground3);
  }

  .talk {
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    min-inline-size: 0;
  }

  header {
    display: flex;
    align-items: center;
    gap: var(--spacingHorizontalS);
    padding: var(--spacingVerticalXS) var(--spacingHorizontalL);
    min-block-size: 3.25rem;
    background: var(--colorNeutralBackground1);
    border-block-end: 1px solid var(--colorNeutralStroke2);
  }

  .title {
    flex: 1;
    min-inline-size: 0;
    overflow: hidden;
    white-space: nowrap;
  }

  .faint,
  .typists {
    color: var(--colorNeutralForeground3);
    font-size: var(--fontSizeBase200);
  }

  .holder {
    font-size: var(--fontSizeBase200);
  }

  .typists {
    display: flex;
    gap: var(--spacingHorizontalM);
    min-block-size: 1.5rem;
    padding-inline: var(--spacingHorizontalL);
    color: var(--colorNeutralForeground2);
    font-style: italic;
  }

  .refusal {
    padding: var(--spacingVerticalXS) var(--spacingHorizontalL);
    background: var(--colorStatusDangerBackground1);
    color: var(--colorStatusDangerForeground3);
  }

  .note {
    display: grid;
    place-content: center;
    justify-items: center;
    gap: var(--spacingVerticalM);
    color: var(--colorNeutralForeground3);
  }

  bt-audit-drawer {
    position: absolute;
  }

  .back {
    display: none;
  }

  bt-details {
    inline-size: 20rem;
    border-inline-start: 1px solid var(--colorNeutralStroke2);
  }

  @media (max-width: 1100px) {
    bt-details {
      position: absolute;
      inset-block: 0;
      inset-inline-end: 0;
      inline-size: min(20rem, 100%);
      box-shadow: var(--shadow16);
      z-index: 2;
    }
  }

  @media (max-width: 720px) {
    .back {
      display: inline-flex;
    }

    header {
      padding-inline: var(--spacingHorizontalS);
    }
  }
`;
