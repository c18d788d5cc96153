# why: all volumes of the map are encrypted
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
  for_each          = { a = { size = 20 }, b = { size = 40, encrypted = true } }
  availability_zone = "eu-central-1${each.key}"
  size              = each.value.size
  encrypted         = lookup(each.value, "encrypted", true)
}
