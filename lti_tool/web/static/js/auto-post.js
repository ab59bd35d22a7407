// A page that only carries a form onwards; its button is there for a browser without scripts.
document.querySelector("form[data-auto-post]")?.submit();
