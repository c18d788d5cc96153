"""The simulated cloud: a Terraform provider (protocol 5) that plans with the real one and invents what the cloud
would do. Runs inside the sandbox; nothing here knows the rest of Drydock."""
