// The zone of an invited person is guessed from the browser, so that most need not look for it.
(() => {
  const field = document.getElementById("id_zone");
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  if (field && field.value === "UTC" && [...field.options].some((option) => option.value === zone)) field.value = zone;
})();
