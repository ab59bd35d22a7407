// The registration is done: the LMS that opened this page may close it (Dynamic Registration §3.7).
// Nothing but the word itself is said, so anybody may hear it.
const host = window.opener || (window.parent !== window ? window.parent : null);
host?.postMessage({ subject: "org.imsglobal.lti.close" }, "*");
