# why: setproduct makes the queues; each takes its area's rotating key
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
  areas = toset(["billing", "orders"])
  kinds = ["events", "retries"]
  queues = {
    for pair in setproduct(local.areas, local.kinds) :
    "${pair[0]}-${pair[1]}" => { area = pair[0], kind = pair[1] }
  }
}

resource "aws_kms_key" "area" {
  for_each                = local.areas
  description             = "Messages of ${each.key}"
  enable_key_rotation     = length(local.kinds) > 0
  deletion_window_in_days = 30
}

resource "aws_sqs_queue" "area" {
  for_each          = local.queues
  name              = each.key
  kms_master_key_id = aws_kms_key.area[each.value.area].arn
}
