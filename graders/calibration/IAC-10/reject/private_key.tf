# why: a private key in a heredoc
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
  backend "s3" {
    bucket       = "acme-terraform-state"
    key          = "orders/production/terraform.tfstate"
    region       = "eu-central-1"
    encrypt      = true
    use_lockfile = true
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_iam_server_certificate" "api" {
  name             = "orders-api"
  certificate_body = var.certificate
  private_key      = <<-PEM
    -----BEGIN EC PRIVATE KEY-----
    MHcCAQEEIBkg4LVWM9nuwNSk3yByxZpYRTBnVJk5oO2v1yQ4Vt1poAoGCCqGSM49
    AwEHoUQDQgAEy7c2nVbH0aX5m3dQfPqk8ZrTtLw1uYs6EoJ9iKgN4vCbFhRxMzDj
    -----END EC PRIVATE KEY-----
  PEM
}

variable "certificate" {
  type = string
}
