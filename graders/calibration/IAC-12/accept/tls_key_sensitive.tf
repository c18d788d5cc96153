# why: the private key is sensitive, the public one need not be
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    tls = {
      source  = "hashicorp/tls"
      version = "~> 4.0"
    }
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

resource "tls_private_key" "deploy" {
  algorithm = "ED25519"
}

output "public" {
  value = tls_private_key.deploy.public_key_openssh
}

output "private" {
  value     = tls_private_key.deploy.private_key_openssh
  sensitive = true
}
