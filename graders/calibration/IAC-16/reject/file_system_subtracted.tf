# why: setsubtract takes reports out of the encrypted file systems
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

locals {
  systems   = toset(["exports", "reports", "uploads"])
  public    = toset(["reports"])
  encrypted = setsubtract(local.systems, local.public)
}

resource "aws_efs_file_system" "shared" {
  for_each       = local.systems
  creation_token = "orders-${each.key}"
  encrypted      = contains(local.encrypted, each.key)
}
