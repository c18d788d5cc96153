"""Who is told about which alerts, when: Alertmanager's tree, inhibitions, time intervals and groups."""
