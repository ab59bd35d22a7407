// The hop to the tool and back: nothing to decide, so the form goes by itself.
document.getElementById("onward").submit();
