# why: one volume of the map is not encrypted
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

resource "aws_ebs_volume" "scratch" {
  for_each          = { a = true, b = false }
  availability_zone = "eu-central-1${each.key}"
  size              = 20
  encrypted         = each.value
}
