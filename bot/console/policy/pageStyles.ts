import { css } from 'lit';

/** How the policy page lies: the form, and beside it, where there is room, the preview, which stays in sight. */
export const pageStyles = css`
  .columns {
    display: grid;
    grid-template-columns: minmax(0, 1fr) minmax(0, 30rem);
    gap: var(--spacingHorizontalL);
    align-items: start;
  }

  form {
    display: grid;
    gap: var(--spacingVerticalL);
  }

  bt-policy-preview {
    position: sticky;
    inset-block-start: var(--spacingVerticalL);
    max-block-size: calc(100dvh - 6rem);
    overflow-y: auto;
  }

  .actions {
    position: sticky;
    inset-block-end: 0;
    z-index: 1;
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--spacingHorizontalS) var(--spacingHorizontalM);
    padding-block: var(--spacingVerticalM);
  }

  .actions [role='status'] {
    flex: 1;
  }

  .heading {
    display: flex;
    flex-wrap: wrap;
    align-items: center;
    gap: var(--spacingHorizontalM);
  }

  h2 {
    padding-block-end: var(--spacingVerticalS);
  }

  dialog {
    max-inline-size: 26rem;
    padding: var(--spacingHorizontalXXL);
    color: var(--colorNeutralForeground1);
    background: var(--colorNeutralBackground1);
    border: 1px solid var(--colorNeutralStroke2);
    border-radius: var(--borderRadiusXLarge);
    box-shadow: var(--shadow28);
  }

  dialog::backdrop {
    background: var(--colorBackgroundOverlay);
  }

  dialog menu {
    display: flex;
    gap: var(--spacingHorizontalS);
    justify-content: end;
    margin: 0;
    padding: var(--spacingVerticalL) 0 0;
  }

  @media (max-width: 1000px) {
    .columns {
      grid-template-columns: minmax(0, 1fr);
    }

    bt-policy-preview {
      position: static;
      max-block-size: none;
    }
  }
`;
