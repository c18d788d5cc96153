# why: the volume without encryption is not made: its count is 0
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

variable "stages" {
  description = "Stages that this root serves"
  type        = list(string)
  default     = ["production"]
}

locals {
  keep_old = anytrue([for stage in var.stages : startswith(stage, "migration")])
}

resource "aws_ebs_volume" "old" {
  count             = local.keep_old ? 1 : 0
  availability_zone = "eu-central-1a"
  size              = 20
  encrypted         = false
}

resource "aws_ebs_volume" "data" {
  count             = local.keep_old ? 1 : 2
  availability_zone = element(["eu-central-1a", "eu-central-1b"], count.index)
  size              = 40
  encrypted         = !local.keep_old
}
