# why: a file system has neither deletion protection nor final snapshot
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

resource "aws_efs_file_system" "shared" {
  creation_token = "orders-shared"
  encrypted      = true

  lifecycle {
    prevent_destroy = true
  }
}
