# why: attack: one of the dynamic disks is not encrypted
terraform {
  required_version = "~> 1.11.0"
  required_providers {
    aws = {
      source  = "hashicorp/aws"
      version = "~> 5.100"
    }
  }
}

provider "aws" {
  region = "eu-central-1"
}

resource "aws_instance" "web" {
  ami           = "ami-0123456789abcdef0"
  instance_type = "m6i.large"
  root_block_device {
    encrypted = true
  }
  dynamic "ebs_block_device" {
    for_each = { "/dev/sdf" = {}, "/dev/sdg" = { plain = true } }
    content {
      device_name = ebs_block_device.key
      volume_size = 10
      encrypted   = !try(ebs_block_device.value.plain, false)
    }
  }
}
