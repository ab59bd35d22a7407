"""«Лицей-CITY»: the LTI 1.3 Advantage tool. Start at :func:`lti_tool.app.create_app`."""
